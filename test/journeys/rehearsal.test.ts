import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { organisationDirectory } from '../../src/main/sample/organisationDirectory.ts';
import { RehearsalVisitor, type Rehearsal } from '../harness/rehearsalVisitor.ts';
import { spawnCommand } from '../harness/runCommand.ts';
import { endProcess, startServiceProcess, type ServiceProcess } from '../harness/serviceProcess.ts';

/** One of each vendor, those that share a server included. */
const organisations = organisationDirectory.filter(
  ({ publisher, category }, place) =>
    organisationDirectory.findIndex((one) => one.publisher === publisher && one.category === category) ===
    place,
);
const answers = async (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

describe('npm start, on a machine that has nothing', () => {
  let directory: string;
  let service: ServiceProcess;
  let visitor: RehearsalVisitor;
  const start = async () => {
    service = await startServiceProcess(['--with-sample'], { TRIBUTARY_DATA_DIR: directory });
    visitor = new RehearsalVisitor(service as Rehearsal);
    await visitor.arrive();
  };
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tributary-rehearsal-'));
    await start();
  }, 120_000);
  afterAll(async () => {
    await endProcess(service.child, 'SIGTERM');
    await rm(directory, { recursive: true, force: true });
  });

  it('lets a participant connect a device by the pages, share what she chose, decline, and delete it', async () => {
    const garmin = await visitor.find('Garmin');
    expect(garmin.enabled).toBe(true);
    expect(await visitor.listAccounts()).toEqual([]);
    const declined = await visitor.connect(garmin.id, { decision: 'deny' });
    expect(declined.href).toBe(`${service.studyPage}?provider=${garmin.id}&success=false`);
    expect(await visitor.listAccounts()).toEqual([]);

    const connected = await visitor.connect(garmin.id, { untick: ['MCT_EXPORT'] });
    expect(connected.href).toBe(`${service.studyPage}?provider=${garmin.id}&success=true`);
    const [account, ...others] = await visitor.listAccounts();
    expect(others).toEqual([]);
    expect(account).toMatchObject({ provider: { name: 'Garmin', enabled: false } });
    const scopes = account!.dataScopes!.split(' ');
    expect(scopes).toContain('ACTIVITY_EXPORT');
    expect(scopes).not.toContain('MCT_EXPORT');

    await visitor.deleteAccount(account!.id);
    expect(await visitor.listAccounts()).toEqual([]);
    expect((await visitor.find('Garmin')).enabled).toBe(true);
  });

  it.each(organisations)('lets her connect $name ($category, $publisher)', async ({ name }) => {
    const { id, enabled } = await visitor.find(name);
    expect(enabled).toBe(true);
    const back = await visitor.connect(id);
    expect(back.searchParams.get('success')).toBe('true');
    const account = (await visitor.listAccounts()).find(({ provider }) => provider.id === id);
    expect(account).toMatchObject({ provider: { name } });
    await visitor.deleteAccount(account!.id);
  });

  it('lets her connect every device that is offered', async () => {
    const offered = (await visitor.search({ category: 'Device Manufacturer' })).filter(
      ({ enabled }) => enabled,
    );
    expect(offered.length).toBeGreaterThan(12);
    for (const { id, name } of offered) {
      const back = await visitor.connect(id);
      expect([name, back.searchParams.get('success')]).toEqual([name, 'true']);
    }
    const accounts = await visitor.listAccounts();
    expect(accounts.map(({ provider }) => provider.id).sort()).toEqual(offered.map(({ id }) => id).sort());
    for (const account of accounts) await visitor.deleteAccount(account.id);
  });

  it('tells at one practice that she has connected the server of another', async () => {
    const [one, other] = organisationDirectory.filter(({ publisher }) => publisher === 'AthenaHealth');
    const { id } = await visitor.find(one!.name);
    await visitor.connect(id);
    expect(await visitor.find(other!.name)).toMatchObject({ enabled: false, relatedProvider: one!.name });
    for (const account of await visitor.listAccounts()) await visitor.deleteAccount(account.id);
  });

  it('opens for the study’s page alone', async () => {
    const own = new URL(service.studyPage!).origin;
    const ask = (headers: Record<string, string>) =>
      fetch(`${own}/session`, { method: 'POST', headers }).then(({ status }) => status);
    expect(await ask({ origin: own })).toBe(200);
    expect(await ask({ origin: service.url })).toBe(403);
    expect(await ask({})).toBe(403);
  });

  it('knows her accounts after a restart, and ends everything that it has started', async () => {
    const { id } = await visitor.find('Oura');
    await visitor.connect(id);
    const before = await visitor.listAccounts();
    expect(await endProcess(service.child, 'SIGTERM')).toBe(0);
    for (const address of [service.url, service.studyPage!, service.sandbox!])
      expect(await answers(address)).toBe(false);
    const earlier = service.studyPage;

    await start();
    expect(await visitor.listAccounts()).toEqual(
      before.map((account) => ({ ...account, provider: expect.objectContaining({ id }) as unknown })),
    );
    const again = await visitor.connect(id);
    expect(again.href).toBe(`${service.studyPage}?provider=${id}&success=true#`);
    const [account, ...others] = await visitor.listAccounts();
    expect([account!.id, others]).toEqual([before[0]!.id, []]);

    const listed = await spawnCommand(['project', 'redirect', 'list', '--project', service.projectID!], {
      TRIBUTARY_DATA_DIR: directory,
    });
    expect(listed.stdout).toContain(new URL(service.studyPage!).origin);
    if (earlier !== service.studyPage) expect(listed.stdout).not.toContain(new URL(earlier!).origin);
  }, 60_000);
});

describe('a service that others can reach', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tributary-rehearsal-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('has a sample study and no sandbox, and says so', async () => {
    const service = await startServiceProcess(['--with-sample'], {
      TRIBUTARY_DATA_DIR: directory,
      TRIBUTARY_PUBLIC_URL: 'https://accounts.study.example.org',
    });
    expect(service.projectID).toBeDefined();
    expect([service.studyPage, service.sandbox]).toEqual([undefined, undefined]);
    expect(service.log()).toContain('No sandbox: TRIBUTARY_PUBLIC_URL');
    expect(await endProcess(service.child, 'SIGTERM')).toBe(0);
  }, 60_000);

  it('refuses to play providers when it is told to', async () => {
    const refused = await spawnCommand(['serve', '--sandbox'], {
      TRIBUTARY_DATA_DIR: directory,
      TRIBUTARY_HOST: '0.0.0.0',
      TRIBUTARY_PORT: '0',
    });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('No sandbox: TRIBUTARY_HOST');
  });
});
