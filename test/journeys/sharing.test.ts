import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../src/platform/storage/database.ts';
import type { StepBody } from '../../src/connect/browser/stepBody.ts';
import { createJourneyBrowser, goToProvider, readBack, returnAddress } from '../harness/journeyBrowser.ts';
import { publicUrl } from '../harness/testService.ts';
import { openSandboxWorld, type Decision, type SandboxWorld, type WorldProvider } from '../harness/worlds.ts';

// With a fragment of its own, so that none of the provider's is passed on.
const connected = `${returnAddress.replace('%SUCCESSVALUE%', 'true')}#`;

/** The text between the tags of a part of a page, without marks of the template. */
function read(page: string, id: string): string | undefined {
  const [, rest] = page.split(`id="${id}"`);
  return rest?.split('</div>')[0];
}

describe('asked, needed, granted and extra', () => {
  let world: SandboxWorld;
  let needy: SandboxWorld;
  beforeAll(async () => {
    world = await openSandboxWorld({ device: 'garmin', record: 'epic' });
    needy = await openSandboxWorld({ device: 'whoop', record: 'smartOnFhir' });
  });
  afterAll(async () => {
    await world.close();
    await needy.close();
  });

  async function start({ service, study }: SandboxWorld, { providerID }: WorldProvider) {
    const participantID = await study.addParticipant();
    const token = await service.issueParticipantToken(study.projectID, participantID);
    const browser = createJourneyBrowser(service);
    const { link, address } = await goToProvider(service, { token, providerID, browser });
    return { participantID, token, browser, address, page: (await browser.view(link)).body };
  }

  /** The page on which a whole journey ends, or the address beyond it. */
  async function finish(at: SandboxWorld, provider: WorldProvider, decision: Decision) {
    const { browser, address, ...journey } = await start(at, provider);
    const answer = await browser.visit(await at.decide(address, decision));
    const location = String(answer.headers.location);
    const page = location.startsWith(publicUrl) ? (await browser.visit(location)).body : '';
    return { ...journey, browser, location, page };
  }

  const again = async (
    { service }: SandboxWorld,
    { page, cookies }: { readonly page: string; readonly cookies: ReadonlyMap<string, string> },
    origin = publicUrl,
  ) => {
    const address = /data-address="([^"]*)"/.exec(page)?.[1]?.replace(publicUrl, '');
    if (address === undefined) throw new Error('There is no way to try again');
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return service.send({ method: 'POST', url: address, headers: { origin, cookie } });
  };

  it('are told apart before she goes: the study’s wishes in labels under headings, and what the provider adds', async () => {
    const { page } = await start(world, world.device);
    expect(read(page, 'asked')).toContain('Daily activity, sleep, heart rate and other health measurements');
    expect(read(page, 'asked')).not.toContain('menstrual');
    expect(read(page, 'added')).toContain('Your menstrual cycle and pregnancy');
    expect(page).not.toMatch(/_EXPORT|_IMPORT/);
  });

  it('say of a hospital what is in a record, under a few headings and each thing once', async () => {
    const { page } = await start(world, world.record);
    const asked = read(page, 'asked')!;
    const items = [...asked.matchAll(/<li>([^<]+)/g)]
      .map(([, text]) => text!.trim())
      .filter((text) => text !== '');
    expect(items.length).toBeGreaterThan(25);
    expect(new Set(items).size).toBe(items.length);
    const headings = [...asked.matchAll(/<strong>([^<]+)/g)].map(([, text]) => text);
    expect(headings).toContain('Medicines');
    expect(headings.length).toBeLessThanOrEqual(10);
    expect(page).not.toContain('patient/');
  });

  it('mark what is needed, and say what follows from it', async () => {
    const { page } = await start(needy, needy.device);
    expect(read(page, 'asked')).toContain('Your name and e-mail address <span class="needed">needed</span>');
    expect(page).toContain('WHOOP cannot be connected');
  });

  it('are written down: what was granted without being asked for is in the ledger as such, and she is told', async () => {
    const { participantID, page } = await finish(world, world.device, {
      person: 1,
      scopes: ['ACTIVITY_EXPORT', 'HISTORICAL_DATA_EXPORT', 'MCT_EXPORT'],
    });
    expect(read(page, 'unasked')).toContain('Your menstrual cycle and pregnancy');
    expect(read(page, 'left-out')).toContain('Daily activity');
    expect(read(page, 'shared')).toContain('Workouts');
    expect(page).toContain('It is not fetched');
    expect(page).not.toMatch(/_EXPORT/);
    expect(`${readBack(page)}#`).toBe(connected);
    const [period] = await world.database.query<{ scopes: string[]; asked: string[] }>(sql`
      select scopes, asked_scopes as asked from scope_periods where participant_id = ${participantID}`);
    // What the provider says is kept as it is; what was asked stands beside it.
    expect(period!.scopes).toContain('MCT_EXPORT');
    expect(period!.asked).toContain('ACTIVITY_EXPORT');
    expect(period!.asked).not.toContain('MCT_EXPORT');
  });

  it('are no news where they agree: she goes on at once', async () => {
    const { location } = await finish(world, world.device, {
      person: 2,
      scopes: ['ACTIVITY_EXPORT', 'HEALTH_EXPORT', 'HISTORICAL_DATA_EXPORT'],
    });
    expect(location).toBe(connected);
  });

  it('name what is needed on the page of the end, and try again from there without the study', async () => {
    const { participantID, browser, page } = await finish(needy, needy.device, {
      person: 1,
      scopes: ['offline', 'read:sleep'],
    });
    expect(page).toContain('Something that is needed is missing');
    expect(read(page, 'needed')).toContain('Your name and e-mail address');
    expect(read(page, 'needed')).not.toContain('Workouts');
    expect(page).toContain('Try again with WHOOP');
    const next = (await again(needy, { page, cookies: browser.cookies })).json<StepBody>();
    if (next.outcome !== 'go') throw new Error(JSON.stringify(next));
    expect(new URL(next.address).origin).toBe(needy.sandbox.origin);
    const answer = await browser.visit(await needy.decide(next.address, { person: 1 }));
    expect(answer.headers.location).toBe(connected);
    const trail = await needy.database.query<{ action: string; outcome: string | null }>(sql`
      select action, details ->> 'outcome' as outcome from audit_entries
       where actor = ${`participant:${participantID}`} order by entry_id`);
    expect(trail.map(({ action, outcome }) => outcome ?? action)).toEqual([
      'external-account.connect-started',
      'scope-missing',
      'external-account.connect-started',
      'external-account.connected',
    ]);
  });

  it('try again for nobody but the browser of the journey, and from no page but ours', async () => {
    const { page, browser } = await finish(needy, needy.device, { decision: 'deny' });
    const stranger = await again(needy, { page, cookies: new Map() });
    expect(stranger.json<StepBody>()).toMatchObject({
      outcome: 'ended',
      title: 'This belongs to another browser',
    });
    const elsewhere = await again(needy, { page, cookies: browser.cookies }, 'https://evil.example');
    expect(elsewhere.statusCode).toBe(403);
    const [row] = await needy.database.query<{ count: number }>(
      sql`select count(*)::integer as count from connect_attempts where phase <> 'ended' and browser_digest is null`,
    );
    expect(row?.count).toBe(0);
  });
});
