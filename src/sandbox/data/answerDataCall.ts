import type { Clock } from '../../platform/time/clock.ts';
import type { SandboxAnswer, SandboxCall, SandboxReader } from '../server/sandboxCall.ts';
import type { AddressPatterns } from './addressPatterns.ts';
import { answerFhirCall } from './fhir/answerFhirCall.ts';
import { answerBackfill, readBackfill } from './backfill.ts';
import { answerResource } from './answerResource.ts';
import { matchResources } from './matchResources.ts';

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
  { clock, patterns }: { readonly clock: Clock; readonly patterns: AddressPatterns },
): SandboxAnswer | undefined {
  const now = clock.now();
  const matches = matchResources(call, patterns);
  if (matches.length > 0) return answerResource(call, reader, { matches, now });
  const asked = readBackfill(call, patterns);
  if (asked !== undefined) return answerBackfill(call, reader, asked);
  return answerFhirCall(call, reader, now);
}
