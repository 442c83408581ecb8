import type { Quirk } from '../played/quirk.ts';

/** `scope` is the same for everybody: whoever takes it for what was granted is found out. */
export const quirk: Quirk = {
  tokenScope: 'PARTNER_WRITE PARTNER_READ CONNECT_READ CONNECT_WRITE',
  unticked: ['HISTORICAL_DATA_EXPORT'],
};
