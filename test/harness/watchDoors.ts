import type { FindDoor, ProviderDoor } from '../../src/oauth/providerDoor.ts';
import type { ProviderAnswer, ProviderRequest } from '../../src/platform/outbound/providerFetch.ts';

/** Everything that the service says to providers goes through these doors, and is noticed. */
export interface WatchedDoors {
  readonly findDoor: FindDoor;
  /** Requests so far, in order: method and address without its query. */
  readonly calls: readonly string[];
  /** Requests that would exchange a code. */
  tokenRequests(): number;
  /** What providers gave or were given and no browser may ever see, by a name of its own. */
  secrets(): Readonly<Record<string, string>>;
}

const secretNames = new Set([
  ...['access_token', 'refresh_token', 'id_token'],
  ...['client_secret', 'client_assertion', 'code_verifier'],
]);

/** Puts an ear to doors. A real token cannot be told from our own side in a better place. */
export function watchDoors(findDoor: FindDoor): WatchedDoors {
  const calls: string[] = [];
  const secrets = new Map<string, string>();
  let tokenRequests = 0;
  const keep = (fields: Readonly<Record<string, unknown>>) => {
    for (const [name, value] of Object.entries(fields))
      if (secretNames.has(name) && typeof value === 'string')
        secrets.set(`${name} ${secrets.size + 1}`, value);
  };
  const watch = (door: ProviderDoor): ProviderDoor['fetch'] =>
    Object.assign(
      async (request: ProviderRequest) => {
        calls.push(`${request.method} ${request.url.split('?', 1)[0]}`);
        const form = request.body !== undefined && 'form' in request.body ? request.body.form : {};
        if ('code' in form) tokenRequests++;
        keep(form);
        const answer = await door.fetch(request);
        keep(readJson(answer));
        return answer;
      },
      { close: () => Promise.resolve() },
    );
  return {
    findDoor: (slug) => {
      const door = findDoor(slug);
      return { fetch: watch(door), browserUrl: (url) => door.browserUrl(url) };
    },
    calls,
    tokenRequests: () => tokenRequests,
    secrets: () => Object.fromEntries(secrets),
  };
}

function readJson(answer: ProviderAnswer): Readonly<Record<string, unknown>> {
  if (answer.outcome !== 'answered' || !/json/.test(answer.headers['content-type'] ?? '')) return {};
  return JSON.parse(Buffer.from(answer.body).toString()) as Record<string, unknown>;
}
