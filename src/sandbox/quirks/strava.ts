import type { Quirk } from '../played/quirk.ts';

export const quirk: Quirk = { userIDWithCodeOnly: true };
