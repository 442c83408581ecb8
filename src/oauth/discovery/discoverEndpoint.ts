import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { parseJsonBody } from '../../platform/outbound/parseJsonBody.ts';
import type { ProviderAnswer, ProviderFetch } from '../../platform/outbound/providerFetch.ts';
import { fetchDocument } from './fetchDocument.ts';
import { readSmartConfiguration, type SmartConfiguration } from './smartConfiguration.ts';

/** What a FHIR server says about itself, or why it says nothing that can be used. */
export type Discovery =
  | {
      readonly outcome: 'found';
      readonly configuration: SmartConfiguration;
      /** What a patient's connection needs and the server does not announce, by the standard's names. */
      readonly missing: readonly string[];
      /** Members that were left out because they are not what the standard says, each with the reason. */
      readonly ignored: readonly string[];
      /** To see later whether it has changed. */
      readonly etag?: string;
    }
  /** The one whose `etag` was given is still what it says. */
  | { readonly outcome: 'unchanged' }
  /** It answers, but publishes no configuration. */
  | { readonly outcome: 'not-published'; readonly status: number }
  /** It publishes something with which nobody can connect. */
  | { readonly outcome: 'unusable'; readonly mistakes: readonly string[] }
  /** It leaves the answer to another server. */
  | { readonly outcome: 'redirected-elsewhere' }
  | Exclude<ProviderAnswer, { readonly outcome: 'answered' }>;

/** A configuration is a few kilobytes. */
export const configurationBytesMax = 256_000;

/**
 * Reads `{FHIR base}/.well-known/smart-configuration` (SMART App Launch 2.2, "Conformance").
 *
 * The answer is a stranger's: only members that are what the standard says are kept, and an endpoint to which
 * codes and tokens would go has to be https, without credentials, on a host of the public internet. On whose host it
 * is, is for {@link judgeServer} to say.
 */
export async function discoverEndpoint(
  fetch: ProviderFetch,
  fhirBase: string,
  known?: { readonly etag: string },
): Promise<Discovery> {
  const base = fhirBase.replace(/\/+$/, '');
  const answer = await fetchDocument(
    fetch,
    omitUndefined({
      url: `${base}/.well-known/smart-configuration`,
      bytesMax: configurationBytesMax,
      headers: known === undefined ? undefined : { 'if-none-match': known.etag },
    }),
  );
  if (answer.outcome !== 'answered') return answer;
  if (answer.status === 304 && known !== undefined) return { outcome: 'unchanged' };
  if (answer.status !== 200) return { outcome: 'not-published', status: answer.status };
  const reading = readSmartConfiguration(parseJsonBody(answer.body), base);
  if ('mistakes' in reading) return { outcome: 'unusable', mistakes: reading.mistakes };
  const { etag } = answer.headers;
  return omitUndefined({
    outcome: 'found' as const,
    ...reading,
    // A longer one would be another one.
    etag: etag === undefined || etag.length > 200 ? undefined : etag,
  });
}
