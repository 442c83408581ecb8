import { raw, type Database } from '../../src/platform/storage/database.ts';

/** A worker of autovacuum may be at it, which only a superuser can end: it is waited for. */
export async function dropDatabase(admin: Database, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      await admin.query(raw(`drop database if exists ${name} with (force)`));
      return;
    } catch (error) {
      if (attempt === 100 || (error as { code?: string }).code !== '42501') throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
}
