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
        Type.Literal('schema-not-current'),
      ]),
    ),
  },
  { additionalProperties: false },
);

type Reason = 'stopping' | 'database-unreachable' | 'schema-not-current';
const rememberedForMs = 1_000;

interface ProbeOptions {
  readonly clock: Clock;
  readonly isStopping: () => boolean;
  /** Whether the database has this release's schema; throws when it cannot be asked. */
  readonly isSchemaCurrent: () => Promise<boolean>;
}

/** The two probes of an orchestrator: restart when `/healthz` fails, send no requests while `/readyz` does. */
export function createProbes(options: ProbeOptions): readonly BoundRoute[] {
  // Anybody may ask, as often as they like: one question to the database at a time, and one a second.
  let asked: { readonly at: number; readonly reason: Promise<Reason | undefined> } | undefined;
  const judgeOnce = (now: number) => {
    if (asked === undefined || now - asked.at >= rememberedForMs) asked = { at: now, reason: judge() };
    return asked.reason;
  };
  const judge = async (): Promise<Reason | undefined> => {
    const current = await options
      .isSchemaCurrent()
      .catch((error: unknown) => (error instanceof SchemaMismatch ? false : undefined));
    if (current === undefined) return 'database-unreachable';
    return current ? undefined : 'schema-not-current';
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
        const reason = options.isStopping() ? 'stopping' : await judgeOnce(options.clock.now());
        if (reason === undefined) return { status: 200, body: { status: 'ready' } };
        return { status: 503, headers: { 'retry-after': '5' }, body: { status: 'not-ready', reason } };
      },
    }),
  ];
  return probes.map((probe) => bindRoute(probe, {}));
}
