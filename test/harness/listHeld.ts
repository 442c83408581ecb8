import { openGrant, openTokens } from '../../src/accounts/grant.ts';
import { omitUndefined } from '../../src/platform/members/omitUndefined.ts';
import { sql } from '../../src/platform/storage/database.ts';
import { createTestVault } from './testVault.ts';
import type { World } from './worlds.ts';

interface QueuedRow {
  readonly project_id: string;
  readonly account_id: number;
  readonly generation: number;
  readonly version: number;
  readonly key_id: string;
  readonly wrapped_key: Buffer;
  readonly access_token: Buffer;
  readonly refresh_token: Buffer | null;
}

/** The provider's grants of which this installation has the tokens: an account's, or queued to be given back. */
export async function listHeld({
  database,
  grantOf,
}: Pick<World, 'database' | 'grantOf'>): Promise<ReadonlySet<number | string | undefined>> {
  const vault = createTestVault(database);
  const held = new Set<number | string | undefined>();
  const accounts = await database.query<{ project_id: string; account_id: number }>(
    sql`select project_id, account_id from external_accounts join grants using (account_id)`,
  );
  for (const { project_id: projectID, account_id: accountID } of accounts) {
    const opened = await openGrant(database, vault, { projectID, accountID });
    if (opened !== undefined) held.add(grantOf(opened.accessToken.reveal()));
  }
  for (const row of await database.query<QueuedRow>(sql`select * from revocations`)) {
    const { project_id: projectID, account_id: accountID, generation, version } = row;
    const tokens = await openTokens(
      vault,
      { projectID, accountID, generation, version },
      omitUndefined({
        keyID: row.key_id,
        wrappedKey: row.wrapped_key,
        accessToken: row.access_token,
        refreshToken: row.refresh_token ?? undefined,
      }),
    );
    held.add(grantOf(tokens.accessToken.reveal()));
  }
  return held;
}
