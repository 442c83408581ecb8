import type { PlayedProvider } from '../played/playedProvider.ts';

interface Person {
  readonly person?: string;
}

/** Who agreed to what a code stands for, whether or not it is still good. */
export function personOfCode({ store }: PlayedProvider, code: string): Person {
  const consent = store.peekCode(code);
  return consent === undefined ? {} : { person: consent.person.userID };
}

/** Whose a token is, whether or not it is still good. */
export function personOfToken({ store }: PlayedProvider, token: string): Person {
  const found = store.find(token);
  return found === undefined ? {} : { person: found.grant.person.userID };
}
