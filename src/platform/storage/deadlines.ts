/**
 * How long one statement may take, by its class. They are kept on our side: a server that was stopped keeps none, and
 * `SET statement_timeout` would be state of a session, which a pooler may hand to somebody else.
 *
 * Beside them, a statement that has been silent for `askAfterMs` ends as soon as the server does not answer anybody
 * else either: length is no fault of a long statement, silence of the whole server is.
 */
export interface Deadlines {
  /** Until a connection of the pool is free, or a new one is there. */
  readonly connectionMs: number;
  /** Silence after which the server is asked, on a connection of its own, whether it still answers. */
  readonly askAfterMs: number;
  /** A statement by itself: what requests read. */
  readonly statementMs: number;
  /** A statement of a transaction, waiting for locks included. */
  readonly transactionMs: number;
  /** A statement of migrations and imports, and `COPY … FROM`. */
  readonly bulkMs: number;
  /** Between two pieces of `COPY … TO`, while somebody is there to take them; its length has no limit. */
  readonly copySilenceMs: number;
}

/** While requests wait for it: what has not come by then is not waited for by a client either. */
export const servingDeadlines: Deadlines = {
  connectionMs: 10_000,
  askAfterMs: 10_000,
  statementMs: 10_000,
  transactionMs: 30_000,
  bulkMs: 6 * 3_600_000,
  copySilenceMs: 10 * 60_000,
};

/** At a command line, where somebody waits who can end it. */
export const commandDeadlines: Deadlines = {
  connectionMs: 30_000,
  askAfterMs: 10_000,
  statementMs: 3_600_000,
  transactionMs: 3_600_000,
  bulkMs: 6 * 3_600_000,
  copySilenceMs: 3_600_000,
};
