import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeWithBrowser, newProfile } from '../harness/browser.ts';
import { decide, goOn } from '../harness/connectSteps.ts';
import { RehearsalVisitor, type Rehearsal } from '../harness/rehearsalVisitor.ts';
import { endProcess, startServiceProcess, type ServiceProcess } from '../harness/serviceProcess.ts';

let directory: string;
let service: ServiceProcess;

/** The study's page in a fresh browser, as `npm start` says to open it. */
async function open() {
  const profile = await newProfile();
  const tab = await profile.open(service.studyPage);
  await tab.waitForSelector('body[data-ready]');
  return { profile, tab };
}

/** Searches, and clicks what connects the provider of this name. */
async function connect(tab: Page, name: string): Promise<void> {
  await tab.fill('#words', name);
  await tab.press('#words', 'Enter');
  await tab.click(`button[aria-label="Connect ${name}"], button[aria-label="Reconnect ${name}"]`);
}

const returned = async (tab: Page) => {
  await tab.waitForSelector('#notice:not([hidden])');
  return tab.textContent('#notice');
};
const accountsOn = (tab: Page) => tab.locator('#accounts .card h3').allTextContents();

describeWithBrowser('a newcomer after npm start', () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tributary-rehearsal-'));
    service = await startServiceProcess(['--with-sample'], { TRIBUTARY_DATA_DIR: directory });
  }, 120_000);
  afterEach(async () => {
    const visitor = new RehearsalVisitor(service as Rehearsal);
    await visitor.arrive();
    for (const { id } of await visitor.listAccounts()) await visitor.deleteAccount(id);
  });
  afterAll(async () => {
    await endProcess(service.child, 'SIGTERM');
    await rm(directory, { recursive: true, force: true });
  });

  it('sees whose page it is, and that nothing is connected', async () => {
    const { profile, tab } = await open();
    expect(await tab.textContent('#study')).toBe('River Heart Study (sample)');
    expect(await tab.textContent('#participant')).toBe('RHS-REHEARSAL');
    expect(await tab.isVisible('#no-accounts')).toBe(true);
    // A browser complains there about whatever a policy keeps it from.
    expect((await profile.collect()).filter(({ place }) => place === 'the console')).toEqual([]);
  });

  it('connects Garmin without one of its scopes, and sees the account with the others', async () => {
    const { profile, tab } = await open();
    await connect(tab, 'Garmin');
    await goOn(tab);
    expect(await tab.textContent('.banner')).toContain('SANDBOX');
    await decide(tab, { untick: ['HEALTH_EXPORT'] });
    expect(await tab.textContent('#left-out')).toContain('Daily activity');
    // She did not untick it, and the study did not ask for it.
    expect(await tab.textContent('#unasked')).toContain('menstrual cycle');
    await tab.click('#back');
    expect(await returned(tab)).toBe('Connected: Garmin.');
    expect(tab.url()).toBe(service.studyPage);
    expect(await accountsOn(tab)).toEqual(['Garmin']);
    const shared = await tab.locator('#accounts dl .scopes').first().textContent();
    expect(shared).toContain('Workouts and other activities');
    expect(shared).not.toContain('Daily activity');
    expect(await tab.locator('#accounts .status').getAttribute('data-status')).toMatch(/^fetch/);
    const logo = await tab.evaluate<number>(
      `document.querySelector('#accounts img').decode().then(() => document.querySelector('#accounts img').naturalWidth)`,
    );
    expect(logo).toBeGreaterThan(0);
    // Said once: a reload does not say it again.
    await tab.reload();
    await tab.waitForSelector('body[data-ready]');
    expect(await tab.isVisible('#notice')).toBe(false);
    expect((await profile.collect()).filter(({ place }) => place === 'the console')).toEqual([]);
  });

  it('connects a hospital, finds it connected, and asks for newer data', async () => {
    const { tab } = await open();
    await connect(tab, 'Cedar Hollow Regional Medical Center');
    await goOn(tab);
    await decide(tab);
    expect(await returned(tab)).toContain('Cedar Hollow');
    await tab.fill('#words', 'Cedar Hollow');
    await tab.press('#words', 'Enter');
    await tab.waitForSelector('#providers .card');
    expect(await tab.textContent('#providers .card .status')).toBe('Connected');
    expect(await tab.isVisible('#providers .connect')).toBe(false);
    await tab.click('#accounts .refresh');
    await tab.waitForSelector('#accounts [data-status=fetchingData]');
    expect(await tab.isVisible('#notice.bad')).toBe(false);
  });

  it('declines, goes back, and is told that nothing is connected; so she is when she cancels', async () => {
    const { tab } = await open();
    await connect(tab, 'Oura');
    await goOn(tab);
    await decide(tab, { decision: 'deny' });
    expect(await tab.textContent('h1')).toBe('You chose not to share');
    await tab.click('#back');
    expect(await returned(tab)).toContain('Not connected');
    await connect(tab, 'Oura');
    await tab.click('#cancel');
    expect(await returned(tab)).toContain('Not connected');
    expect(await accountsOn(tab)).toEqual([]);
  });

  it('deletes what she has connected after a second thought, and can connect it again', async () => {
    const { tab } = await open();
    await connect(tab, 'Garmin');
    await goOn(tab);
    await decide(tab);
    await tab.click('#back');
    await returned(tab);
    await tab.click('#accounts .delete');
    await tab.click('#confirm [value=keep]');
    expect(await accountsOn(tab)).toEqual(['Garmin']);
    await tab.click('#accounts .delete');
    await tab.keyboard.press('Escape');
    expect(await accountsOn(tab)).toEqual(['Garmin']);
    await tab.click('#accounts .delete');
    await tab.click('#confirm [value=delete]');
    await tab.waitForSelector('#no-accounts:not([hidden])');
    await connect(tab, 'Garmin');
    await goOn(tab);
  });

  it('finds Connect usable again when she comes back by the browser’s button', async () => {
    const { tab } = await open();
    await connect(tab, 'Garmin');
    await tab.waitForSelector('#continue');
    await tab.goBack();
    await tab.waitForSelector('body[data-ready]');
    await connect(tab, 'Garmin');
    await goOn(tab);
    await decide(tab);
    await tab.click('#back');
    expect(await returned(tab)).toBe('Connected: Garmin.');
  });

  it('is told in words when the service is not there', async () => {
    const { profile, tab } = await open();
    const lost = profile.witness.intercept(/externalaccountproviders\?/);
    await tab.fill('#words', 'Garmin');
    await tab.press('#words', 'Enter');
    await lost;
    await tab.waitForSelector('#notice.bad');
    expect(await tab.textContent('#notice')).toMatch(/^The service /);
  });
});
