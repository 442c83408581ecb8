import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeWithBrowser, newProfile } from '../harness/browser.ts';
import { decide, goOn } from '../harness/connectSteps.ts';
import { RehearsalVisitor, type Rehearsal } from '../harness/rehearsalVisitor.ts';
import { endProcess, startServiceProcess, type ServiceProcess } from '../harness/serviceProcess.ts';

/** What a finger needs (WCAG 2.2, 2.5.5): in both directions, but for links within a sentence. */
const targetMin = 44;
const narrow = { width: 320, height: 700 };
const wide = { width: 1280, height: 900 };

let directory: string;
let service: ServiceProcess;
let axe: string;

/** What axe finds on the page as it stands, in words that name the place. */
async function findBarriers(tab: Page): Promise<string[]> {
  await tab.evaluate(axe);
  return tab.evaluate<string[]>(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 160))))`);
}

/** Controls that are too small to be hit, with their size. */
function findSmallTargets(tab: Page): Promise<string[]> {
  return tab.evaluate<string[]>(`[...document.querySelectorAll('a, button, select, input')]
    .map((control) => control.closest('label') ?? control)
    .filter((target) => target.checkVisibility())
    .map((target) => ({ target, box: target.getBoundingClientRect() }))
    .filter(({ box }) => box.width < ${targetMin} || box.height < ${targetMin})
    .map(({ target, box }) => Math.round(box.width) + ' by ' + Math.round(box.height) + ': ' + target.outerHTML.slice(0, 120))`);
}

const findOverflow = (tab: Page) =>
  tab.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/** Every page in light and dark, on a wide screen and on the narrowest phone. */
async function look(tab: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const)
    for (const viewport of [wide, narrow]) {
      await tab.emulateMedia({ colorScheme });
      await tab.setViewportSize(viewport);
      const place = `${name}, ${colorScheme}, ${viewport.width} px`;
      expect(await findBarriers(tab), place).toEqual([]);
      expect(await findSmallTargets(tab), place).toEqual([]);
      expect(await findOverflow(tab), place).toBe(0);
    }
  expect(await tab.locator('link[rel=icon]').count(), name).toBe(1);
  await tab.setViewportSize(wide);
}

async function open() {
  const profile = await newProfile();
  const tab = await profile.open(service.studyPage);
  await tab.waitForSelector('body[data-ready]');
  return { profile, tab };
}

async function connect(tab: Page, name: string): Promise<void> {
  await tab.fill('#words', name);
  await tab.press('#words', 'Enter');
  await tab.click(`button[aria-label="Connect ${name}"], button[aria-label="Reconnect ${name}"]`);
  await tab.waitForSelector('#continue');
}

describeWithBrowser('every page that a participant sees', () => {
  beforeAll(async () => {
    const path = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
    axe = await readFile(path, 'utf8');
    directory = await mkdtemp(join(tmpdir(), 'tributary-pages-'));
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

  it('has no barrier on the way through a device: start, consent, what came out otherwise, her account', async () => {
    const { tab } = await open();
    await look(tab, 'study-empty');
    await connect(tab, 'Garmin');
    await look(tab, 'start-garmin');
    await goOn(tab);
    expect(await tab.textContent('main')).toContain('River Heart Study (sample) asks for access');
    await look(tab, 'consent-garmin');
    await decide(tab, { untick: ['HEALTH_EXPORT'] });
    await tab.waitForSelector('#left-out');
    await look(tab, 'connected-garmin');
    await tab.click('#back');
    await tab.waitForSelector('#accounts .card');
    await look(tab, 'study-garmin');
    const card = await tab.textContent('#accounts .card');
    expect(card).toContain('Workouts and other activities');
    expect(card).toContain('Not shared');
    expect(card).toContain('Your menstrual cycle');
    expect(card).not.toMatch(/_EXPORT/);
  });

  it('names the hospital and the study on the way through a hospital, and shows what its record shares', async () => {
    const { tab } = await open();
    const hospital = 'Cedar Hollow Regional Medical Center';
    await connect(tab, hospital);
    await look(tab, 'start-hospital');
    await goOn(tab);
    const consent = await tab.textContent('main');
    expect(consent).toContain(`Connect your ${hospital} account`);
    expect(consent).toContain('River Heart Study (sample) asks for access');
    expect(consent).not.toContain('sandbox-');
    await look(tab, 'consent-hospital');
    await decide(tab);
    await tab.waitForSelector('#accounts .card');
    expect(await tab.textContent('#accounts .card')).toContain('Your allergies and intolerances');
    await look(tab, 'study-hospital');
  });

  it('marks what is needed, names it when it is missing, and tries again from there by the keyboard', async () => {
    const { tab } = await open();
    await connect(tab, 'WHOOP');
    await look(tab, 'start-whoop');
    await goOn(tab);
    expect(await tab.locator('label:has([value="read:profile"]) .needed').count()).toBe(1);
    await decide(tab, { untick: ['read:profile'] });
    await tab.waitForSelector('#needed');
    await look(tab, 'scope-missing');
    await tab.focus('#again');
    await tab.keyboard.press('Enter');
    await decide(tab);
    await tab.waitForSelector('#accounts .card');
    expect(await tab.textContent('#notice')).toBe('Connected: WHOOP.');
  });

  it('has no barrier where something ends: declined, somebody else’s address, an unknown one', async () => {
    const { tab, profile } = await open();
    await connect(tab, 'Oura');
    await goOn(tab);
    const consentAddress = tab.url();
    await decide(tab, { decision: 'deny' });
    await tab.waitForSelector('#again');
    await look(tab, 'declined');
    const stranger = await profile.open(`${service.url}/connect/${'0'.repeat(64)}`);
    await look(stranger, 'unknown');
    const refused = new URL(consentAddress);
    refused.searchParams.set('client_id', 'nobody');
    await look(await profile.open(refused.href), 'sandbox-error');
    await look(await profile.open(`${service.sandbox}/`), 'sandbox-overview');
  });

  it('keeps the focus where she left it, and says what becomes of the data before it deletes', async () => {
    const { tab } = await open();
    await connect(tab, 'Garmin');
    await goOn(tab);
    await decide(tab);
    await tab.click('#back');
    await tab.waitForSelector('#accounts .card');
    const focused = () =>
      tab.evaluate<string>(`document.activeElement.getAttribute('aria-label') ?? document.activeElement.id`);
    await tab.focus('#accounts .delete');
    await tab.keyboard.press('Enter');
    await tab.waitForSelector('#confirm[open]');
    expect(await tab.textContent('#confirm-text')).toContain('what was received from it is erased');
    await look(tab, 'dialog');
    await tab.keyboard.press('Escape');
    await expect.poll(focused).toBe('Delete Garmin');
    // The list may be drawn anew at this moment.
    await tab.press('#accounts .delete', 'Enter');
    await tab.waitForSelector('#confirm[open]');
    await tab.click('#confirm [value=delete]');
    await tab.waitForSelector('#no-accounts:not([hidden])');
    await expect.poll(focused).toBe('notice');
  });

  it('leads on where nothing was found', async () => {
    const { tab } = await open();
    await tab.fill('#words', 'zzqqxxyy');
    await tab.press('#words', 'Enter');
    await tab.waitForSelector('#nothing:not([hidden])');
    await look(tab, 'nothing-found');
    await tab.click('#everything');
    await tab.waitForSelector('#providers .card');
    expect(await tab.isVisible('#nothing')).toBe(false);
    await look(tab, 'search-results');
  });
});
