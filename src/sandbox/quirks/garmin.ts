import type { Quirk } from '../played/quirk.ts';

/** `scope` is the same for everybody: whoever takes it for what was granted is found out. */
export const quirk: Quirk = {
  alsoTold: {
    token: { jti: 'a156e642-6582-4cba-aa00-12001b5788ee' },
    refresh: { jti: '8fa25974-f734-49b8-a5ce-2ae0d265b86c' },
  },
  tokenScope: 'PARTNER_WRITE PARTNER_READ CONNECT_READ CONNECT_WRITE',
  unticked: ['HISTORICAL_DATA_EXPORT'],
};
