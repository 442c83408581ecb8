import type { Quirk } from '../quirk.ts';

export const quirk: Quirk = { userIDWithCodeOnly: true };
