import type { Quirk } from '../played/quirk.ts';

export const quirk: Quirk = {
  alsoTold: { token: { created_at: 1_795_762_873 }, refresh: { created_at: 1_795_849_273 } },
};
