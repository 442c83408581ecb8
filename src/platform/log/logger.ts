import { pino, type DestinationStream } from 'pino';

/** How loud an event is; also from which on a log keeps them. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
/** What a field of an event may hold: nothing that could bring more along than it shows. */
export type LogValue = string | number | boolean | undefined;

/**
 * An event that may be logged, with the only fields it may carry. Whatever else is passed is dropped, so that
 * a new leak needs a change here that a reader of the diff sees.
 */
export interface LogEvent<Field extends string = string> {
  readonly name: string;
  readonly level: LogLevel;
  readonly fields: readonly Field[];
}

/** Declares an event. Never declare a field for a token, a secret, a URL's query, or anything about a person. */
export function defineEvent<Field extends string>(
  name: string,
  level: LogLevel,
  ...fields: readonly Field[]
): LogEvent<Field> {
  return Object.freeze({ name, level, fields });
}

/** Writes an event with its declared fields; whatever else is passed is dropped. */
export type Logger = <Field extends string>(
  event: LogEvent<Field>,
  values: Partial<Record<Field, LogValue>>,
) => void;

/** A bug or a broken invariant: the class and stack of the error, never its message, which may quote data. */
export const unexpectedError = defineEvent('unexpected-error', 'error', 'where', 'kind', 'code', 'stack');

/** Logs {@link unexpectedError} for a thrown value. Stack frames name our files; the first line is left out. */
export function logUnexpected(log: Logger, where: string, thrown: unknown): void {
  const error = thrown instanceof Error ? thrown : undefined;
  const code = (thrown as { code?: unknown } | undefined)?.code;
  const frames = error?.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  log(unexpectedError, {
    where,
    kind: error?.constructor.name ?? typeof thrown,
    code: typeof code === 'string' ? code : undefined,
    stack: frames.slice(0, 12).join('\n'),
  });
}

const waitingMaxBytes = 2 ** 20;

/** One JSON line per event on `destination` (standard error by default, so that output stays clean). */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const sink = pino(
    { level, base: null, messageKey: 'event', formatters: { level: (label) => ({ level: label }) } },
    destination ?? openStandardError(),
  );
  return (event, values) => {
    const kept: Record<string, LogValue> = {};
    for (const field of event.fields) if (values[field] !== undefined) kept[field] = values[field];
    sink[event.level](kept, event.name);
  };
}

/**
 * Each line is written at once. A disk without room ends no service: lines wait in memory for the next one that can be
 * written, up to a bound, and are dropped beyond it.
 */
function openStandardError(): DestinationStream {
  const stream = pino.destination({ dest: 2, sync: true, maxLength: waitingMaxBytes });
  stream.on('error', () => undefined);
  return stream;
}
