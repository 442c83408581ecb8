import type { FindDoor, ProviderDoor } from '../../src/oauth/providerDoor.ts';
import type { ProviderAnswer, ProviderRequest } from '../../src/platform/outbound/providerFetch.ts';
import { isObject } from '../../src/platform/members/isObject.ts';
import { plantCanary } from './plantCanary.ts';

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

/** What else no log line, error or page of ours may repeat: browsers see some of it, at the provider. */
const spokenOf = new Set(['code', 'error_description', 'sub', 'user_id', 'patient', 'email', 'name']);

/** Puts an ear to doors. A real token cannot be told from our own side in a better place. */
export function watchDoors(findDoor: FindDoor): WatchedDoors {
  const calls: string[] = [];
  const secrets = new Map<string, string>();
  let tokenRequests = 0;
  const keep = (fields: Readonly<Record<string, unknown>>) => {
    for (const [name, value] of Object.entries(fields))
      if (typeof value === 'string') {
        if (secretNames.has(name)) secrets.set(`${name} ${secrets.size + 1}`, value);
        if (secretNames.has(name) || spokenOf.has(name)) plantCanary(name, value);
      }
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
  if (answer.outcome !== 'answered') return {};
  try {
    const body: unknown = JSON.parse(Buffer.from(answer.body).toString());
    return isObject(body) ? body : {};
  } catch {
    // A provider that talks nonsense is what some tests are about.
    return {};
  }
}
