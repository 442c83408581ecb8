import { Type } from 'typebox';
import { bindRoute, defineRoute, type BoundRoute } from '../platform/http/defineRoute.ts';
import type { Clock } from '../platform/time/clock.ts';
import { SchemaMismatch } from '../platform/storage/migrate.ts';

const Health = Type.Object({ status: Type.Literal('ok') }, { additionalProperties: false });

const Readiness = Type.Object(
  {
    status: Type.Union([Type.Literal('ready'), Type.Literal('not-ready')]),
    reason: Type.Optional(
      Type.Union([
        Type.Literal('stopping'),
        Type.Literal('database-unreachable'),
        Type.Literal('database-read-only'),
        Type.Literal('schema-not-current'),
      ]),
    ),
  },
  { additionalProperties: false },
);

type Reason = 'stopping' | 'database-unreachable' | 'database-read-only' | 'schema-not-current';
const rememberedForMs = 1_000;
/** Whoever asks may give up after two seconds, and would learn nothing. */
const patienceMs = 1_500;

interface ProbeOptions {
  readonly clock: Clock;
  readonly isStopping: () => boolean;
  /** Whether the database has this release's schema; throws when it cannot be asked. */
  readonly isSchemaCurrent: () => Promise<boolean>;
  /** Whether the database takes writes, without which nearly nothing can be served; throws likewise. */
  readonly isWritable: () => Promise<boolean>;
}

/** The two probes of an orchestrator: restart when `/healthz` fails, send no requests while `/readyz` does. */
export function createProbes(options: ProbeOptions): readonly BoundRoute[] {
  // Anybody may ask, as often as they like: one question to the database at a time, and one a second.
  let asked: { readonly at: number; readonly reason: Promise<Reason | undefined> } | undefined;
  let isAsking = false;
  const judgeOnce = (now: number) => {
    const isOld = asked === undefined || now - asked.at >= rememberedForMs;
    if (asked === undefined || (isOld && !isAsking)) {
      isAsking = true;
      const reason = judge().finally(() => {
        isAsking = false;
      });
      asked = { at: now, reason };
    }
    return asked.reason;
  };
  const judge = async (): Promise<Reason | undefined> => {
    try {
      if (!(await options.isWritable())) return 'database-read-only';
      return (await options.isSchemaCurrent()) ? undefined : 'schema-not-current';
    } catch (error) {
      return error instanceof SchemaMismatch ? 'schema-not-current' : 'database-unreachable';
    }
  };
  /** The answer within the patience, whatever the database does. */
  const judgeInTime = async (): Promise<Reason | undefined> => {
    const judged = new AbortController();
    try {
      return await Promise.race([
        judgeOnce(options.clock.now()),
        options.clock.sleep(patienceMs, judged.signal).then(
          () => 'database-unreachable' as const,
          () => undefined,
        ),
      ]);
    } finally {
      judged.abort();
    }
  };
  const probes = [
    defineRoute({
      operationID: 'getHealth',
      method: 'GET',
      path: '/healthz',
      summary: 'Whether the process runs',
      caller: 'none',
      counted: false,
      isProbe: true,
      answers: { 200: { description: 'It runs.', content: { 'application/json': Health } } },
      answer: () => Promise.resolve({ status: 200, body: { status: 'ok' } }),
    }),
    defineRoute({
      operationID: 'getReadiness',
      method: 'GET',
      path: '/readyz',
      summary: 'Whether requests can be served',
      caller: 'none',
      counted: false,
      isProbe: true,
      answers: {
        200: { description: 'They can.', content: { 'application/json': Readiness } },
        503: { description: 'They cannot, and why.', content: { 'application/json': Readiness } },
      },
      answer: async () => {
        const reason = options.isStopping() ? 'stopping' : await judgeInTime();
        if (reason === undefined) return { status: 200, body: { status: 'ready' } };
        return { status: 503, headers: { 'retry-after': '5' }, body: { status: 'not-ready', reason } };
      },
    }),
  ];
  return probes.map((probe) => bindRoute(probe, {}));
}
