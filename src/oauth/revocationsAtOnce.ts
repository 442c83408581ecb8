import type { Catalogue } from '../definitions/catalogue.ts';

/** Hardly a load for a server that participants log in at, and ten thousand an hour at a second each. */
const revocationsAtOnceDefault = 4;

/** How many grants of a definition may be given back at the same time at one server, by all processes together. */
export function revocationsAtOnce({ definitions }: Catalogue, slug: string | undefined): number {
  const auth = definitions.get(slug ?? '')?.auth;
  if (auth === undefined || auth.kind === 'none' || auth.revoke.by === 'participant')
    return revocationsAtOnceDefault;
  return auth.revoke.atOnce ?? revocationsAtOnceDefault;
}
