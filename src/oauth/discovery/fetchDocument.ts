import type { ProviderAnswer, ProviderFetch } from '../../platform/outbound/providerFetch.ts';

interface DocumentRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bytesMax: number;
}

type DocumentAnswer =
  | ProviderAnswer
  /** A redirect to another origin, which was not followed. */
  | { readonly outcome: 'redirected-elsewhere' };

const deadlineMs = 15_000;
const redirectsMax = 3;

/**
 * A document in which a server describes itself. Redirects are followed within its own origin only: what another one
 * says about a server is no word of the server's.
 */
export async function fetchDocument(
  fetch: ProviderFetch,
  { url, headers = {}, bytesMax }: DocumentRequest,
): Promise<DocumentAnswer> {
  let at = url;
  for (let redirects = 0; ; redirects++) {
    const answer = await fetch({ method: 'GET', url: at, headers, deadlineMs, bytesMax });
    if (answer.outcome !== 'answered' || ![301, 302, 303, 307, 308].includes(answer.status)) return answer;
    const next = URL.parse(answer.headers['location'] ?? '', at);
    if (next === null || redirects === redirectsMax) return answer;
    if (next.origin !== new URL(url).origin) return { outcome: 'redirected-elsewhere' };
    at = next.href;
  }
}
