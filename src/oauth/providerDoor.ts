import type { ProviderFetch } from '../platform/outbound/providerFetch.ts';

/**
 * The way to a provider. Everything above it names a provider's addresses as its definition or its server does;
 * where they lead is for the door alone to say. A sandbox is such a door, so what runs against it is what runs
 * against the real provider, letter by letter.
 */
export interface ProviderDoor {
  readonly fetch: ProviderFetch;
  /** Where a browser is sent for one of the provider's addresses. */
  browserUrl(url: string): string;
}

/** The door by the slug of a definition. */
export type FindDoor = (slug: string) => ProviderDoor;

/** The door to the provider itself. */
export function createPublicDoor(fetch: ProviderFetch): ProviderDoor {
  return { fetch, browserUrl: (url) => url };
}

/**
 * The door to a server that stands for all hosts of one definition: `https://HOST/path` is asked for at
 * `ORIGIN/SLUG/HOST/path`. The answer's own address is the real one again.
 *
 * @param fetch may call `origin` (`plainOrigin` of `createProviderFetch`)
 */
export function createSandboxDoor(fetch: ProviderFetch, origin: string, slug: string): ProviderDoor {
  const prefix = `${origin}/${slug}/`;
  const inside = (url: string) => (url.startsWith('https://') ? prefix + url.slice('https://'.length) : url);
  const ask: ProviderFetch = Object.assign(
    async (request: Parameters<ProviderFetch>[0]) => {
      const answer = await fetch({ ...request, url: inside(request.url) });
      return answer.outcome === 'answered' && answer.url.startsWith(prefix)
        ? { ...answer, url: `https://${answer.url.slice(prefix.length)}` }
        : answer;
    },
    { close: () => Promise.resolve() },
  );
  return { fetch: ask, browserUrl: inside };
}
