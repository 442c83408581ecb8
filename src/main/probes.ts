import { Type } from 'typebox';
import { bindRoute, defineRoute, type BoundRoute } from '../platform/http/defineRoute.ts';
import { omitUndefined } from '../platform/members/omitUndefined.ts';
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
    postgres: Type.Optional(
      Type.String({
        description: 'The version of the PostgreSQL that answers, without what a distribution adds.',
      }),
    ),
  },
  { additionalProperties: false },
);

interface Judged {
  readonly reason?: Reason;
  readonly postgres?: string;
}

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
  /** The version of the server that answers; throws likewise. */
  readonly readVersion: () => Promise<string>;
}

/** The two probes of an orchestrator: restart when `/healthz` fails, send no requests while `/readyz` does. */
export function createProbes(options: ProbeOptions): readonly BoundRoute[] {
  // Anybody may ask, as often as they like: one question to the database at a time, and one a second.
  let asked: { readonly at: number; readonly judged: Promise<Judged> } | undefined;
  let isAsking = false;
  const judgeOnce = (now: number) => {
    const isOld = asked === undefined || now - asked.at >= rememberedForMs;
    if (asked === undefined || (isOld && !isAsking)) {
      isAsking = true;
      const judged = judge().finally(() => {
        isAsking = false;
      });
      asked = { at: now, judged };
    }
    return asked.judged;
  };
  const judge = async (): Promise<Judged> => {
    let postgres: string | undefined;
    const because = (reason?: Reason) => omitUndefined({ reason, postgres });
    try {
      postgres = await options.readVersion();
      if (!(await options.isWritable())) return because('database-read-only');
      return because((await options.isSchemaCurrent()) ? undefined : 'schema-not-current');
    } catch (error) {
      return error instanceof SchemaMismatch
        ? because('schema-not-current')
        : { reason: 'database-unreachable' };
    }
  };
  /** The answer within the patience, whatever the database does. */
  const judgeInTime = async (): Promise<Judged> => {
    const inTime = new AbortController();
    try {
      return await Promise.race([
        judgeOnce(options.clock.now()),
        options.clock.sleep(patienceMs, inTime.signal).then(
          (): Judged => ({ reason: 'database-unreachable' }),
          (): Judged => ({}),
        ),
      ]);
    } finally {
      inTime.abort();
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
        const { reason, ...details }: Judged = options.isStopping()
          ? { reason: 'stopping' }
          : await judgeInTime();
        if (reason === undefined) return { status: 200, body: { status: 'ready', ...details } };
        const body = { status: 'not-ready', reason, ...details };
        return { status: 503, headers: { 'retry-after': '5' }, body };
      },
    }),
  ];
  return probes.map((probe) => bindRoute(probe, {}));
}
