import type { Backfill } from '../../definitions/shape/delivery.ts';
import type { SandboxAnswer, SandboxCall, SandboxReader } from '../server/sandboxCall.ts';
import type { Period } from '../played/sandboxEvent.ts';
import type { AddressPatterns } from './addressPatterns.ts';
import { readBound } from './instants.ts';
import { dayMs } from './life/calendar.ts';
import { matchUrl } from './matchResources.ts';
import { reasons, refuseData } from './refusals.ts';
import { isReleased } from './releases.ts';

/** A request for history, which comes by webhook. Garmin. */
export interface AskedBackfill {
  readonly backfill: Backfill;
  /** As the address names it, whether there is one or not. */
  readonly resource: string;
  /** Undefined when it cannot be read, or is too long. */
  readonly period: Period | undefined;
}

/** What a request for history asks for; undefined for any other call. */
export function readBackfill(call: SandboxCall, patterns: AddressPatterns): AskedBackfill | undefined {
  const { delivery } = call.definition;
  if (delivery?.by !== 'push' || delivery.backfill?.call.method !== call.method) return undefined;
  const { backfill } = delivery;
  const variables = matchUrl(call.url, backfill.call.url, patterns);
  if (variables === undefined) return undefined;
  return { backfill, resource: variables['resource'] ?? '', period: readPeriod(call, backfill.range) };
}

function readPeriod(
  { url }: SandboxCall,
  { from, to = '', format, daysMax = Infinity }: Backfill['range'],
): Period | undefined {
  const [first, last] = [from, to].map((name) => readBound(url.searchParams.get(name) ?? '', format));
  if (first?.kind !== 'instant' || last?.kind !== 'instant') return undefined;
  const length = last.at - first.at;
  return length > 0 && length <= daysMax * dayMs ? { from: first.at, to: last.at } : undefined;
}

/** Whether history may be asked for. Nothing is remembered: a request that was made before is not noticed. */
export function answerBackfill(
  { definition }: SandboxCall,
  { scopes }: SandboxReader,
  { backfill, resource: name, period }: AskedBackfill,
): SandboxAnswer {
  const { delivery } = definition;
  const resources = delivery?.by === 'push' ? delivery.resources : [];
  if (!resources.some((resource) => resource.name === name) || backfill.except?.includes(name) === true)
    return refuseData(definition, reasons.item);
  if (!isReleased(definition, scopes, backfill.needsScope)) return { status: backfill.notGranted ?? 403 };
  if (period === undefined) return refuseData(definition, reasons.range);
  return { status: backfill.call.accepts?.[0] ?? 200 };
}
