import type { ProviderDoor } from '../../src/oauth/providerDoor.ts';
import type { ProviderAnswer, ProviderRequest } from '../../src/platform/outbound/providerFetch.ts';

export interface ScriptedDoor {
  readonly door: ProviderDoor;
  /** Every request so far. */
  readonly seen: ProviderRequest[];
}

/** A door behind which a test answers; nothing leaves the process. */
export function createScriptedDoor(
  answer: (request: ProviderRequest) => ProviderAnswer | Promise<ProviderAnswer>,
): ScriptedDoor {
  const seen: ProviderRequest[] = [];
  const fetch = async (request: ProviderRequest) => {
    seen.push(request);
    return answer(request);
  };
  return {
    seen,
    door: {
      fetch: Object.assign(fetch, { close: () => Promise.resolve() }),
      browserUrl: (url) => url,
    },
  };
}

/** An answer with this body: text and bytes as they are, anything else as JSON. */
export function answerWith(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): ProviderAnswer {
  const bytes =
    body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { outcome: 'answered', status, headers, body: bytes, url: 'https://answered.example.org/' };
}
