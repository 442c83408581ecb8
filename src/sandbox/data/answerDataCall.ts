import type { Backfill } from '../../catalogue/definition/delivery.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { SandboxAnswer, SandboxCall, SandboxReader } from '../sandboxCall.ts';
import { answerFhirCall } from './fhir/answerFhirCall.ts';
import { answerResource } from './answerResource.ts';
import { readBound } from './instants.ts';
import { dayMs } from './life/calendar.ts';
import { matchResources } from './matchResources.ts';
import { matchBackfill } from './parameters.ts';
import { reasons, refuse } from './refusals.ts';
import { isReleased } from './releases.ts';

/**
 * What the provider answers to a call for data, or undefined when the address is none of its definition's.
 *
 * The call is authorised already: the token was good and `reader` is whose it is. What she has not released is
 * refused the vendor's way. Nothing is stored; what is told depends on her, on the call and on the clock alone, and
 * of the clock only on what has ended by then.
 */
export function answerDataCall(
  call: SandboxCall,
  reader: SandboxReader,
  { clock }: { readonly clock: Clock },
): SandboxAnswer | undefined {
  const now = clock.now();
  const matches = matchResources(call);
  if (matches.length > 0) return answerResource(call, reader, { matches, now });
  const history = matchBackfill(call);
  if (history !== undefined) return answerBackfill(call, reader, history.resource ?? '');
  return answerFhirCall(call, reader, now);
}

/**
 * Whether history may be asked for. Nothing is remembered, so a request that was made before is not noticed; what
 * was asked for comes by webhook.
 */
function answerBackfill(
  call: SandboxCall,
  { scopes }: SandboxReader,
  name: string,
): SandboxAnswer | undefined {
  const { delivery } = call.definition;
  if (delivery?.by !== 'push' || delivery.backfill === undefined) return undefined;
  const { backfill, resources } = delivery;
  if (!resources.some((resource) => resource.name === name) || backfill.except?.includes(name) === true)
    return refuse(call.definition, reasons.item);
  if (!isReleased(call.definition, scopes, backfill.needsScope))
    return { status: backfill.notGranted ?? 403 };
  if (!isRange(call, backfill.range)) return refuse(call.definition, reasons.range);
  return { status: backfill.call.accepts?.[0] ?? 200 };
}

function isRange({ url }: SandboxCall, { from, to = '', format, daysMax = Infinity }: Backfill['range']) {
  const [first, last] = [from, to].map((name) => readBound(url.searchParams.get(name) ?? '', format));
  if (first?.kind !== 'instant' || last?.kind !== 'instant') return false;
  return last.at > first.at && last.at - first.at <= daysMax * dayMs;
}
