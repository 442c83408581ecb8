import { gzipSync } from 'node:zlib';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { buildFailure, canFail } from '../played/buildFailure.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { Operation } from '../ledger/ledger.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';
import type { Phase, Verdict } from '../../definitions/shape/errors.ts';
import { bodyOf, maintenancePage } from './bodyShapes.ts';
import type { Fault } from './fault.ts';

/** What leaves the sandbox: an answer, or something that is none. */
export type Outgoing =
  | { readonly way: 'answer'; readonly answer: SandboxAnswer }
  | {
      readonly way: 'bytes';
      readonly status: number;
      readonly headers: Headers;
      readonly body: Buffer;
      readonly times?: number;
    }
  | { readonly way: 'drip'; readonly answer: SandboxAnswer; readonly bytesPerS: number }
  | { readonly way: 'endless' | 'silence' | 'cut' };

type Headers = Readonly<Record<string, string>>;

/** What `gzip-bomb` repeats: ten megabytes of nothing. A reader unpacks one after the other (RFC 1952 section 2.2). */
const bombMegabytes = 10;
const bombMegabytesDefault = 1_000;

/** Whether a request is carried out although its answer is spoilt. */
export function isCarriedOut({ kind }: Fault): boolean {
  return ['commit-then-drop', 'commit-then-5xx', 'drip', 'stacked-encodings'].includes(kind);
}

/**
 * What a fault makes of a request.
 *
 * @param right the answer that would have been given; asked for only where {@link isCarriedOut} says so
 */
export async function spoilAnswer(
  provider: PlayedProvider,
  fault: Fault,
  { operation, right }: { readonly operation: Operation; readonly right: () => Promise<SandboxAnswer> },
): Promise<Outgoing> {
  const given = isCarriedOut(fault) ? await right() : { status: 500 };
  switch (fault.kind) {
    case 'commit-then-drop':
    case 'drop':
      return { way: 'cut' };
    case 'commit-then-5xx':
      return answer({ status: fault.status ?? 502, ...html });
    case 'refuse':
      return answer(refuseCall(provider, phaseOf(operation), fault.as));
    case 'rate-limit':
      return answer(limitRate(provider, fault));
    case 'status':
      return answer({
        status: fault.status,
        ...errorBodies[fault.body ?? 'html'],
      });
    case 'body': {
      const { type, text } = bodyOf(fault.shape);
      return answer({ status: fault.status ?? 200, headers: { 'content-type': type }, text });
    }
    case 'drip':
      return { way: 'drip', answer: given, bytesPerS: fault.bytesPerS };
    case 'silence':
    case 'endless':
      return { way: fault.kind };
    case 'gzip-bomb': {
      const body = gzipSync(Buffer.alloc(bombMegabytes * 1_000_000, 0x20));
      const times = Math.ceil((fault.megabytes ?? bombMegabytesDefault) / bombMegabytes);
      return { way: 'bytes', status: 200, headers: { ...json, 'content-encoding': 'gzip' }, body, times };
    }
    case 'stacked-encodings': {
      const body = gzipSync(gzipSync(given.text ?? JSON.stringify(given.json ?? null)));
      return {
        way: 'bytes',
        status: given.status,
        headers: { ...json, 'content-encoding': 'gzip, gzip' },
        body,
      };
    }
    case 'redirect':
      return answer({ status: fault.status ?? 302, headers: { location: fault.to } });
  }
}

const json = { 'content-type': 'application/json' } as const;
const html = { headers: { 'content-type': 'text/html' }, text: maintenancePage } as const;
const errorBodies = { html, empty: {}, json: { json: { error: 'server_error' } } } as const;

function answer(given: SandboxAnswer): Outgoing {
  return { way: 'answer', answer: given };
}

/** Not every vendor can say everything everywhere; then it says that something failed. */
function refuseCall(provider: PlayedProvider, phase: Phase, verdict: Verdict): SandboxAnswer {
  const others = verdict === 'unauthorized' ? (['token-refused', 'failed'] as const) : (['failed'] as const);
  const said = [verdict, ...others].find((one) => canFail(provider, phase, one)) ?? 'failed';
  return buildFailure(provider, phase, said);
}

/** The vendor's own words for "too often" (Withings: status 200), and the header that tells until when. */
function limitRate(provider: PlayedProvider, fault: Extract<Fault, { kind: 'rate-limit' }>): SandboxAnswer {
  const { retryAfter, retryAfterDateS } = fault;
  const date =
    retryAfterDateS === undefined
      ? undefined
      : new Date(provider.now() + retryAfterDateS * 1_000).toUTCString();
  const header = retryAfter ?? date;
  const { headers, ...said } = buildFailure(provider, 'data', 'rate-limited');
  return {
    ...said,
    headers: omitUndefined({
      ...headers,
      'retry-after': header,
    }),
  };
}

/** How `judgeError` calls the kind of call. */
function phaseOf(operation: Operation): Phase {
  switch (operation) {
    case 'token':
    case 'refresh':
    case 'revoke':
    case 'data':
      return operation;
    case 'introspect':
      return 'token';
    case 'backfill':
      return 'data';
    default:
      return 'connect';
  }
}
