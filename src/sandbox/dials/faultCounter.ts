import type { Clock } from '../../platform/time/clock.ts';
import type { Random } from '../../platform/random/random.ts';
import type { Operation } from '../ledger/ledger.ts';
import type { Fault } from './fault.ts';

/** What a request is, as far as faults choose by it. */
export interface FaultFacts {
  readonly operation: Operation;
  readonly person?: string;
}

/** Counts one request and gives the fault when it strikes it. */
export type FaultCounter = (facts: FaultFacts) => Fault | undefined;

/** Pages for people; a fault has to name them to strike them. */
const pages = new Set(['authorize', 'consent']);
/** What these spoil is an exchange of tokens, unless told otherwise. */
const atTokenEndpoint = new Set(['commit-then-drop', 'drop', 'commit-then-5xx']);

export function createFaultCounter(
  fault: Fault,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): FaultCounter {
  const since = clock.now();
  const { on, person, nth, times, rate, forS } = fault;
  let count = 0;
  return (facts) => {
    if (!isMeant(fault.kind, on, facts)) return undefined;
    if (person !== undefined && facts.person !== person) return undefined;
    count++;
    const strikes =
      (nth === undefined || nth.includes(count)) &&
      (times === undefined || count <= times) &&
      (forS === undefined || clock.now() < since + forS * 1_000) &&
      (rate === undefined || random.bytes(4).readUInt32LE() < rate * 2 ** 32);
    return strikes ? fault : undefined;
  };
}

function isMeant(kind: string, on: Fault['on'], { operation }: FaultFacts): boolean {
  if (on !== undefined) return on.some((one) => one === operation);
  return atTokenEndpoint.has(kind) ? operation === 'token' || operation === 'refresh' : !pages.has(operation);
}
