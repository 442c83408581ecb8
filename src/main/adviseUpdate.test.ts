import { expect, it } from 'vitest';
import { adviseUpdate } from './adviseUpdate.ts';
import { readConfig } from './config.ts';

const old = { version: '18.4', newer: '18.6' };

it.each([
  [{}, /^for a study that goes on, install PostgreSQL 18 .* TRIBUTARY_POSTGRES_DIR$/],
  [
    { TRIBUTARY_POSTGRES_DIR: '/opt/pg/bin' },
    /^update the packages that \/opt\/pg\/bin belongs to, to 18\.6$/,
  ],
  [
    { TRIBUTARY_DATABASE_URL: 'postgresql://u:hunter2@db/t' },
    /^update the server that TRIBUTARY_DATABASE_URL names to 18\.6$/,
  ],
])('says with %j what to do about an old PostgreSQL, and nothing about a new one', (environment, remedy) => {
  const config = readConfig(environment);
  expect(adviseUpdate(config, old)).toMatch(remedy);
  expect(adviseUpdate(config, { version: '18.6', newer: undefined })).toBeUndefined();
});
