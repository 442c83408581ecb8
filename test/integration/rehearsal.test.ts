import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadDefinitions } from '../../src/definitions/loadDefinitions.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import {
  addRedirectTargets,
  listRedirectTargets,
  removeRedirectTargets,
} from '../../src/projects/redirectTargets.ts';
import { CommandFailed } from '../../src/main/commandLine.ts';
import { providersFolder } from '../../src/main/openCatalogue.ts';
import { allowStudySite } from '../../src/main/rehearsal/allowStudySite.ts';
import { ensureParticipant } from '../../src/main/rehearsal/ensureParticipant.ts';
import { keepSandboxCredentials } from '../../src/main/rehearsal/sandboxCredentials.ts';
import { createStudy } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

let database: Database;
let projectID: string;
const parts = () => ({ database, projectID, clock: systemClock, random: systemRandom });

async function createProject() {
  ({ database } = await createTestDatabase());
  ({ projectID } = await createStudy(database));
}

describe('the participant of a rehearsal', () => {
  beforeEach(createProject);

  it('is made once, and found again without a trace', async () => {
    const made = await ensureParticipant(parts());
    const count = () =>
      database.query(sql`
        select (select count(*)::integer from participants where participant_identifier = 'RHS-REHEARSAL') as people,
               (select count(*)::integer from audit_entries) as acts`);
    const before = await count();
    expect(await ensureParticipant(parts())).toBe(made);
    expect(await count()).toEqual(before);
    expect(before).toMatchObject([{ people: 1 }]);
  });
});

describe('the place to which a rehearsal returns', () => {
  beforeEach(createProject);
  const list = () => listRedirectTargets(database, projectID);
  const byOperator = { actor: 'command-line:ada', now: 0 };

  it('is allowed, and where it was at earlier starts no longer is', async () => {
    await allowStudySite(parts(), 'http://127.0.0.1:8082');
    await allowStudySite(parts(), 'http://127.0.0.1:40001');
    expect(await list()).toEqual(['http://127.0.0.1:40001']);
    await allowStudySite(parts(), 'http://127.0.0.1:8082');
    expect(await list()).toEqual(['http://127.0.0.1:8082']);
  });

  it('leaves no trace when it is allowed already', async () => {
    await allowStudySite(parts(), 'http://127.0.0.1:8082');
    const count = () => database.query(sql`select count(*)::integer as acts from audit_entries`);
    const before = await count();
    await allowStudySite(parts(), 'http://127.0.0.1:8082');
    expect(await count()).toEqual(before);
  });

  it('leaves alone what an operator has listed', async () => {
    const operators = ['http://127.0.0.1:3000', 'http://127.0.0.1:8082', 'https://study.example.org'];
    await database.transaction((transaction) =>
      addRedirectTargets(transaction, { projectID, targets: operators, ...byOperator }),
    );
    await allowStudySite(parts(), 'http://127.0.0.1:8082');
    await allowStudySite(parts(), 'http://127.0.0.1:40001');
    expect(await list()).toEqual(['http://127.0.0.1:3000', 'http://127.0.0.1:40001', ...operators.slice(1)]);
  });

  it('leaves alone what was ours before an operator listed it anew', async () => {
    const change = { projectID, targets: ['http://127.0.0.1:8082'], ...byOperator };
    await allowStudySite(parts(), 'http://127.0.0.1:8082');
    await database.transaction(async (transaction) => {
      await removeRedirectTargets(transaction, change);
      await addRedirectTargets(transaction, change);
    });
    await allowStudySite(parts(), 'http://127.0.0.1:40001');
    expect(await list()).toEqual(['http://127.0.0.1:40001', 'http://127.0.0.1:8082']);
  });
});

describe('the credentials of an installation at the sandbox', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tributary-rehearsal-'));
  });
  afterEach(() => rm(directory, { recursive: true }));
  const path = () => join(directory, 'keys/sandbox-credentials.json');
  const keep = async (only?: (slug: string) => boolean) => {
    const definitions = await loadDefinitions(providersFolder);
    const chosen = new Map([...definitions].filter(([slug]) => only?.(slug) ?? true));
    return keepSandboxCredentials(directory, chosen, systemRandom);
  };
  /** Everything, secrets as they are. */
  const reveal = (credentials: Awaited<ReturnType<typeof keep>>) =>
    JSON.parse(
      JSON.stringify([...credentials], function (this: Record<string, unknown>, name, value: unknown) {
        const own = this[name];
        return own instanceof Secret ? `secret ${own.reveal()}` : value;
      }),
    ) as unknown;

  it('are the same at every start, secrets as secrets, in a file that only its owner can read', async () => {
    const made = await keep();
    expect(made.size).toBeGreaterThan(25);
    expect(reveal(await keep())).toEqual(reveal(made));
    expect(JSON.stringify(reveal(made))).toContain('BEGIN PRIVATE KEY');
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect(JSON.stringify([...(await keep())])).not.toContain('BEGIN PRIVATE KEY');
  });

  it('are made for a provider that a later release adds, and stay for the others', async () => {
    const before = await keep((slug) => slug !== 'garmin' && slug !== 'epic');
    const after = await keep();
    expect([...after.keys()]).toEqual(expect.arrayContaining(['garmin', 'epic']));
    const same = new Map([...after].filter(([slug]) => before.has(slug)));
    expect(reveal(same)).toEqual(reveal(before));
  });

  it('are made anew for a provider that asks for something else by now', async () => {
    const before = await keep();
    const text = await readFile(path(), 'utf8');
    const file = JSON.parse(text) as Record<string, { fits: string }>;
    file['oura']!.fits = 'another release';
    await writeFile(path(), JSON.stringify(file));
    const after = await keep();
    expect(after.get('oura')?.clientSecret?.reveal()).not.toBe(before.get('oura')?.clientSecret?.reveal());
    expect(after.get('garmin')?.clientSecret?.reveal()).toBe(before.get('garmin')?.clientSecret?.reveal());
  });

  it('are not replaced when the file is damaged', async () => {
    await keep();
    await writeFile(path(), '{"garmin":');
    await expect(keep()).rejects.toThrow(CommandFailed);
    expect(await readFile(path(), 'utf8')).toBe('{"garmin":');
  });
});
