import { raw, type Queryable } from './database.ts';

/**
 * The newest minor release of each major version that was known to be out when this release was made: what a source
 * says, never what the calendar of PostgreSQL makes likely. A newer one mends security faults of the older ones, most
 * often. `tools/checkPostgres.ts` asks whether the embedded package has one of them.
 *
 * 15.20 and 17.12: Debian's changelogs of 2026-11-13. 16.15 and 18.6: announced on postgresql.org on 2026-08-13 (there
 * was no 18.5). Read on 2026-11-30.
 */
export const newestMinors: Readonly<Record<number, number>> = { 15: 20, 16: 15, 17: 12, 18: 6 };

/** A version of PostgreSQL, and what its administrator should have instead. */
export interface PostgresVersion {
  /** As PostgreSQL says it, without what a distribution adds: "18.4". */
  readonly version: string;
  /** The newest minor release that this release knows of, when the version is older than that. */
  readonly newer: string | undefined;
}

/** The version of the server that answers. */
export async function readServerVersion(database: Queryable): Promise<PostgresVersion> {
  const [row] = await database.query<{ version: string }>(
    raw(`select current_setting('server_version') as version`),
  );
  return judgeVersion(row?.version ?? '');
}

/** The version in `text`, which may have the words of a distribution behind it. */
export function judgeVersion(text: string): PostgresVersion {
  const [version = '', major, minor] = /^(\d+)(?:\.(\d+))?\S*/.exec(text) ?? [];
  const newest = newestMinors[Number(major)];
  return {
    version,
    // What has no minor number is a version that is not out yet.
    newer:
      newest !== undefined && minor !== undefined && Number(minor) < newest
        ? `${Number(major)}.${newest}`
        : undefined,
  };
}
