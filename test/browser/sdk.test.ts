// On one PostgreSQL: what browsers do is what it is about; test/journeys has the same statements.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertLogo } from '../../src/catalogue/convertLogo.ts';
import { setLogo } from '../../src/catalogue/logos.ts';
import { changeProjectCatalogue } from '../../src/catalogue/projectCatalogue.ts';
import type { Database } from '../../src/platform/storage/database.ts';
import { catalogueWith } from '../builders/catalogue.ts';
import { flat } from '../builders/imageFile.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { describeWithBrowser, newProfile, type Profile } from '../harness/browser.ts';
import { startBrowserService, type BrowserService } from '../harness/browserService.ts';
import { callSdk, startStudySite, type StudySite } from '../harness/studyPage.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

let database: Database;
let study: Study;

/** The service, and the site of a study that uses it. */
async function startBoth(environment: Record<string, string> = {}) {
  const service = await startBrowserService(database, {
    catalogue: await catalogueWith('garmin', 'oura', 'dexcom', 'whoop'),
    environment,
  });
  return { service, site: await startStudySite(`${service.publicUrl}/`) };
}

/** A participant in front of the study's page. */
async function arrive({ service, site }: { service: BrowserService; site: StudySite }, timeZone = 'UTC') {
  const participantID = await study.addParticipant();
  const profile = await newProfile({ timeZone });
  await site.signIn(profile, await service.issueParticipantToken(study.projectID, participantID));
  return { participantID, profile, tab: await site.open(profile) };
}

/** Requests to the service, preflights left out, as `METHOD status`. */
function seenByService({ witness }: Profile, service: BrowserService, method?: string) {
  return witness
    .exchanges()
    .filter(({ url }) => url.startsWith(`${service.publicUrl}/api/`))
    .filter((exchange) =>
      method === undefined ? exchange.method !== 'OPTIONS' : exchange.method === method,
    );
}

describeWithBrowser("the platform's JavaScript SDK, unmodified, in a page of another origin", () => {
  let service: BrowserService;
  let site: StudySite;
  beforeAll(async () => {
    ({ database } = await createTestDatabase());
    study = await createStudy(database);
    ({ service, site } = await startBoth());
  });
  afterAll(async () => {
    await site.close();
    await service.close();
  });

  it('searches providers and lists the featured ones', async () => {
    const { profile, tab } = await arrive({ service, site });
    await database.transaction((transaction) =>
      changeProjectCatalogue(transaction, {
        projectID: study.projectID,
        change: (current) => ({ ...current, featured: { '': [45417], start: [6327] } }),
        actor: 'test',
        now: 0,
      }),
    );
    expect(await callSdk(tab, 'getExternalAccountProviders', 'garm', '', 45, 0)).toEqual({
      value: {
        externalAccountProviders: [expect.objectContaining({ id: 6327, name: 'Garmin', enabled: true })],
        totalExternalAccountProviders: 1,
      },
    });
    expect(await callSdk(tab, 'getExternalAccountProviders', '', 'device manufacturer', 2, 1)).toMatchObject({
      value: { externalAccountProviders: [{}, {}] },
    });
    expect(await callSdk(tab, 'getFeaturedProviders')).toMatchObject({ value: [{ id: 45417 }] });
    expect(await callSdk(tab, 'getFeaturedProviders', 'start')).toMatchObject({ value: [{ id: 6327 }] });
    expect(service.checkAnswers(profile)).toBeGreaterThan(4);
  });

  it('shows the logo of a provider in the page', async () => {
    const logo = await convertLogo(await flat([200, 10, 20, 255], 64, 64));
    await database.transaction((transaction) =>
      setLogo(transaction, { providerID: 6327, logo, actor: 'test', now: 0 }),
    );
    const { tab } = await arrive({ service, site });
    const found = await callSdk(tab, 'getExternalAccountProviders', 'garmin', '', 45, 0);
    const { externalAccountProviders: list } = found.value as {
      externalAccountProviders: { logoUrl: string }[];
    };
    const width = await tab.evaluate<number>(`new Promise((done, fail) => {
      const logo = new Image();
      logo.onload = () => done(logo.naturalWidth);
      logo.onerror = () => fail(new Error('The logo does not load'));
      logo.src = ${JSON.stringify(list[0]?.logoUrl)};
    })`);
    expect(width).toBeGreaterThan(0);
  });

  it('lists her accounts, asks for newer data, and deletes one', async () => {
    const { participantID, profile, tab } = await arrive({ service, site });
    const id = await study.addAccount({ participantID, scopes: ['A', 'B'], hasGrant: true });
    expect(await callSdk(tab, 'getExternalAccounts')).toEqual({
      value: [expect.objectContaining({ id, status: 'fetchComplete', dataScopes: 'A B' })],
    });
    expect(await callSdk(tab, 'refreshExternalAccount', id)).toEqual({});
    expect(await callSdk(tab, 'refreshExternalAccount', id)).toEqual({});
    expect(await callSdk(tab, 'getExternalAccounts')).toMatchObject({
      value: [{ id, status: 'fetchingData' }],
    });
    expect(await callSdk(tab, 'deleteExternalAccount', id)).toEqual({ value: { status: 204 } });
    expect(await callSdk(tab, 'getExternalAccounts')).toEqual({ value: [] });
    // Twice is as good as once: another tab may have been quicker.
    expect(await callSdk(tab, 'deleteExternalAccount', id)).toEqual({ value: { status: 204 } });
    // The SDK knows a failure by the reason phrase alone.
    expect(await callSdk(tab, 'refreshExternalAccount', id)).toEqual({ thrown: 'Not Found' });
    expect(service.checkAnswers(profile)).toBeGreaterThan(8);
  });

  it('is let through by preflights, which the browser asks once for each address and method', async () => {
    const { participantID, profile, tab } = await arrive({ service, site });
    const id = await study.addAccount({ participantID });
    for (let round = 0; round < 3; round++) await callSdk(tab, 'getExternalAccounts');
    await callSdk(tab, 'refreshExternalAccount', id);
    await callSdk(tab, 'deleteExternalAccount', id);
    const preflights = seenByService(profile, service, 'OPTIONS');
    expect(preflights.map(({ headers }) => headers['access-control-request-method'])).toEqual([
      'GET',
      'POST',
      'DELETE',
    ]);
    for (const { headers, status } of preflights)
      expect({ ...headers, status }).toMatchObject({
        origin: site.origin,
        'access-control-request-headers': 'authorization',
        'sec-fetch-mode': 'cors',
        status: 204,
      });
    expect(seenByService(profile, service).map(({ method, status }) => `${method} ${status}`)).toEqual([
      ...['GET 200', 'GET 200', 'GET 200'],
      ...['POST 204', 'DELETE 204'],
    ]);
  });

  it('sends no cookie to the service, and no address of the page beyond its origin', async () => {
    const { profile, tab } = await arrive({ service, site });
    await callSdk(tab, 'getExternalAccounts');
    for (const { headers, answerHeaders } of seenByService(profile, service)) {
      expect(headers['cookie']).toBeUndefined();
      expect(headers['referer']).toBe(`${site.origin}/`);
      expect(answerHeaders['set-cookie']).toBeUndefined();
    }
  });

  it('is told that a token is not valid', async () => {
    const profile = await newProfile();
    await site.signIn(profile, 'trp_made-up');
    const tab = await site.open(profile);
    for (const [method, ...words] of [
      ['getExternalAccounts'],
      ['getExternalAccountProviders', 'garmin', '', 45, 0],
      ['refreshExternalAccount', 1],
      ['deleteExternalAccount', 1],
    ] as const)
      expect(await callSdk(tab, method, ...words)).toEqual({ thrown: 'Unauthorized' });
  });

  describe.each([
    // Summer in one of them, and another day in the other.
    ['UTC', '2026-05-04 03:02:01'],
    ['America/New_York', '2026-05-03 23:02:01'],
    ['Asia/Tokyo', '2026-05-04 12:02:01'],
  ])('in %s', (timeZone, onTheWall) => {
    it('reads the instants that the service means, and shows them as the clock on the wall does', async () => {
      const { participantID, tab } = await arrive({ service, site }, timeZone);
      expect(await tab.textContent('#zone')).toBe(timeZone);
      await study.addAccount({
        participantID,
        lastFetchAt: '2026-05-04T03:02:01.5Z',
        connectedAt: '2026-01-01T00:00:00Z',
      });
      const [account] = (await callSdk(tab, 'getExternalAccounts')).value as {
        lastRefreshDate: string;
        connectionDate: string;
      }[];
      const read = (date: string, as: string) => tab.evaluate(`new Date(${JSON.stringify(date)}).${as}`);
      expect(await read(account!.lastRefreshDate, 'getTime()')).toBe(Date.parse('2026-05-04T03:02:01.500Z'));
      expect(await read(account!.connectionDate, 'getTime()')).toBe(Date.parse('2026-01-01T00:00:00Z'));
      expect(await read(account!.lastRefreshDate, `toLocaleString('sv-SE')`)).toBe(onTheWall);
    });

    it('sees a minute as a minute', async () => {
      const { participantID, tab } = await arrive({ service, site }, timeZone);
      const minuteAgo = new Date(Date.now() - 60_000).toISOString();
      await study.addAccount({ participantID, lastFetchAt: minuteAgo });
      const [account] = (await callSdk(tab, 'getExternalAccounts')).value as { lastRefreshDate: string }[];
      const ageMs = await tab.evaluate<number>(
        `Date.now() - new Date(${JSON.stringify(account!.lastRefreshDate)})`,
      );
      expect(ageMs).toBeGreaterThanOrEqual(60_000);
      expect(ageMs).toBeLessThan(90_000);
    });
  });
});

describeWithBrowser('a page whose participant asked too often', () => {
  let service: BrowserService;
  let site: StudySite;
  beforeAll(async () => {
    ({ database } = await createTestDatabase());
    study = await createStudy(database);
    ({ service, site } = await startBoth({ TRIBUTARY_RATE_LIMIT_DELEGATED: '2' }));
  });
  afterAll(async () => {
    await site.close();
    await service.close();
  });

  it('is told so by the SDK, can read when to come back, and nobody else is held up', async () => {
    const { profile, tab } = await arrive({ service, site });
    expect(await callSdk(tab, 'getExternalAccounts')).toEqual({ value: [] });
    expect(await callSdk(tab, 'getExternalAccounts')).toEqual({ value: [] });
    expect(await callSdk(tab, 'getExternalAccounts')).toEqual({ thrown: 'Too Many Requests' });
    const answered = seenByService(profile, service).at(-1)!;
    const readable = await tab.evaluate<Record<string, string | null>>(
      `fetch(${JSON.stringify(answered.url)}, { headers: { Authorization: ${JSON.stringify(answered.headers['authorization'])} } })
         .then((answer) => ({ status: String(answer.status), reset: answer.headers.get('RateLimit-Reset'),
                              wait: answer.headers.get('Retry-After') }))`,
    );
    expect(readable).toEqual({
      status: '429',
      reset: expect.stringMatching(/^\d+$/) as string,
      wait: expect.stringMatching(/^\d+$/) as string,
    });
    expect(service.checkAnswers(profile)).toBeGreaterThan(3);
    const another = await arrive({ service, site });
    expect(await callSdk(another.tab, 'getExternalAccounts')).toEqual({ value: [] });
  });
});
