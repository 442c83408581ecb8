import type { FindDoor, ProviderDoor } from '../../src/oauth/providerDoor.ts';
import type { ProviderRequest } from '../../src/platform/outbound/providerFetch.ts';

/** The same doors, where `happen` comes between the provider's answer to a code and what the service makes of it. */
export function afterExchange(findDoor: FindDoor, happen: () => Promise<void>): FindDoor {
  const listen = (door: ProviderDoor): ProviderDoor['fetch'] =>
    Object.assign(
      async (request: ProviderRequest) => {
        const answer = await door.fetch(request);
        if (request.body !== undefined && 'form' in request.body && 'code' in request.body.form)
          await happen();
        return answer;
      },
      { close: () => Promise.resolve() },
    );
  return (slug) => {
    const door = findDoor(slug);
    return { fetch: listen(door), browserUrl: (url) => door.browserUrl(url) };
  };
}
