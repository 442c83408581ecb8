// On one PostgreSQL: what browsers do is what it is about; test/journeys has the same statements.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { changeConnectPolicy } from '../../src/projects/connectPolicy.ts';
import { describeWithBrowser, newProfile } from '../harness/browser.ts';
import { clickConnect, decide, goOn } from '../harness/connectSteps.ts';
import { startStand, type Arrival, type ConnectStand } from '../harness/connectStand.ts';
import { fleets } from '../harness/fleets.ts';
import { readOutcome, startStudySite, type StudySite } from '../harness/studyPage.ts';

const madeUp = '#verifier=0123456789abcdef0123456789abcdef';

/**
 * CONNECT-SAME-BROWSER: whoever opens, or finishes, what another person began connects nothing to her. Ada begins, with a browser
 * and a token of her own; Ben's browser is another one. A session fixed by either would end with his data in her
 * account, or hers in his.
 */
for (const [name, startFleet] of fleets)
  describeWithBrowser(`with two browsers, at ${name}`, () => {
    let stand: ConnectStand;
    let evil: StudySite;
    let ada: Arrival;
    let ben: Arrival;
    let tokenRequestsBefore: number;

    beforeAll(async () => {
      stand = await startStand(startFleet);
      evil = await startStudySite(`${stand.service.publicUrl}/`);
    });
    afterAll(async () => {
      await evil.close();
      await stand.close();
    });
    beforeEach(async () => {
      tokenRequestsBefore = stand.doors.tokenRequests();
      ada = await stand.arrive();
      ben = await stand.arrive(ada.study);
    });
    afterEach(async () => {
      expect(stand.doors.tokenRequests()).toBe(tokenRequestsBefore);
      expect(await stand.countAccounts()).toBe(0);
    });

    /** Begins in Ada's browser. Gives the page behind the one-time address, and the address as the SDK opened it. */
    async function begin(): Promise<{ readonly page: Page; readonly link: string }> {
      const page = await clickConnect(ada.tab, { providerID: stand.deviceID });
      await page.waitForSelector('#content:not([hidden])');
      return { page, link: page.url() };
    }

    /** Begins in Ada's browser and keeps the one-time address from it: what she could send to somebody, unopened. */
    async function beginUnopened(): Promise<string> {
      const kept = ada.profile.witness.intercept(/\/connect\/[0-9a-f]{64}$/);
      await clickConnect(ada.tab, { providerID: stand.deviceID });
      return kept;
    }

    /** The page as somebody reads it who was sent here. */
    async function expectRefusal(page: Page, heading: string): Promise<void> {
      const shown = page.locator('h1, h2').filter({ visible: true, hasText: heading });
      await shown.waitFor();
      expect(await page.locator('#continue').isVisible()).toBe(false);
      // Nothing leads on, and nothing tells whose it is.
      expect(await page.locator('a[href]').count()).toBe(0);
      expect(await page.content()).not.toContain(ada.participantID);
    }

    describe('a one-time address', () => {
      it('that she has opened is refused in his', async () => {
        const { link } = await begin();
        await expectRefusal(await ben.profile.open(link), 'This belongs to another browser');
        expect(await ada.listJourneys()).toEqual(['opened']);
      });

      it('that she has opened is refused in his, from the page of the study too, verifier or not', async () => {
        const { link } = await begin();
        for (const verifier of ['', madeUp]) {
          await ben.tab.evaluate(`location.href = ${JSON.stringify(link + verifier)}`);
          await ben.tab.waitForURL(`${stand.service.publicUrl}/connect/**`);
          await expectRefusal(ben.tab, 'This belongs to another browser');
          await ben.tab.goto(stand.site.origin);
        }
        expect(await ada.listJourneys()).toEqual(['opened']);
      });

      it.each(['', madeUp])(
        'that was sent to him unopened is refused when he follows it from anywhere (%s)',
        async (fragment) => {
          const link = await beginUnopened();
          // From a mail or a messenger: no page is named. From a page of somebody else: that one is.
          await expectRefusal(await ben.profile.open(link + fragment), 'Open this from your study');
          const lure = await ben.profile.open(evil.origin);
          await lure.evaluate(`location.href = ${JSON.stringify(link + fragment)}`);
          await lure.waitForURL(`${stand.service.publicUrl}/connect/**`);
          await expectRefusal(lure, 'Open this from your study');
          const popup = await ben.profile.open(evil.origin);
          const [opened] = await Promise.all([
            popup.waitForEvent('popup'),
            popup.evaluate(`void window.open(${JSON.stringify(link + fragment)})`),
          ]);
          await expectRefusal(opened, 'Open this from your study');
          expect(await ada.listJourneys()).toEqual(['made']);
        },
      );

      it('is refused without the verifier that her page made, which spends nothing of hers', async () => {
        const link = await beginUnopened();
        await ben.tab.evaluate(`location.href = ${JSON.stringify(link)}`);
        await ben.tab.waitForURL(`${stand.service.publicUrl}/connect/**`);
        await expectRefusal(ben.tab, 'This page was not opened by your study');
        expect(await ada.listJourneys()).toEqual(['made']);
      });

      it('is refused with a verifier that he made up, and good for nobody afterwards', async () => {
        const link = await beginUnopened();
        await ben.tab.evaluate(`location.href = ${JSON.stringify(`${link}${madeUp}`)}`);
        await ben.tab.waitForURL(`${stand.service.publicUrl}/connect/**`);
        await expectRefusal(ben.tab, 'This page was not opened by your study');
        expect(await ada.listJourneys()).toEqual(['wrong-verifier']);
        await ada.tab.evaluate(`location.href = ${JSON.stringify(link)}`);
        await expectRefusal(ada.tab, 'This belongs to another browser');
      });

      it('is refused with a verifier that he made up where links may be opened from anywhere', async () => {
        await stand.database.transaction((transaction) =>
          changeConnectPolicy(transaction, {
            projectID: ada.study.projectID,
            change: { allowFromAnywhere: true },
            actor: 'test',
            now: Date.now(),
          }),
        );
        const link = await beginUnopened();
        const page = await ben.profile.open(`${link}${madeUp}`);
        await expectRefusal(page, 'This page was not opened by your study');
        expect(await ada.listJourneys()).toEqual(['wrong-verifier']);
        await stand.database.transaction((transaction) =>
          changeConnectPolicy(transaction, {
            projectID: ada.study.projectID,
            change: { allowFromAnywhere: false },
            actor: 'test',
            now: Date.now(),
          }),
        );
      });
    });

    describe('the address of the provider’s page', () => {
      it('that she sends to him leads his consent nowhere, and ends what she began', async () => {
        const { page } = await begin();
        const asked = ada.profile.witness.intercept(/\/auth\b|authorize/);
        await page.click('#continue');
        const hisTab = await ben.profile.open(await asked);
        await hisTab.waitForSelector('[name=decision]');
        await decide(hisTab, { person: 1 });
        await expectRefusal(hisTab, 'This address does not work any more');
        expect(await ada.listJourneys()).toEqual(['other-browser']);
      });
    });

    describe('the answer of the provider', () => {
      /** Ada consents; her answer is kept from her browser. */
      async function keepAnswer(): Promise<{ readonly page: Page; readonly answer: string }> {
        const { page } = await begin();
        await goOn(page);
        const answer = ada.profile.witness.intercept(/\/connect\/callback\//);
        await decide(page);
        return { page, answer: await answer };
      }

      it('that she got is refused in his browser, and in hers from then on', async () => {
        const { page, answer } = await keepAnswer();
        await expectRefusal(await ben.profile.open(answer), 'This address does not work any more');
        expect(await ada.listJourneys()).toEqual(['other-browser']);
        await page.goto(answer);
        expect(await page.textContent('h1')).toBe('This belongs to another browser');
      });

      it('that he got for her request is refused in his browser, and in hers from then on', async () => {
        const { page } = await begin();
        const asked = ada.profile.witness.intercept(/\/auth\b|authorize/);
        await page.click('#continue');
        const hisTab = await ben.profile.open(await asked);
        await hisTab.waitForSelector('[name=decision]');
        await decide(hisTab, { person: 1 });
        await expectRefusal(hisTab, 'This address does not work any more');
        const his = ben.profile.witness.exchanges().find(({ url }) => url.includes('/connect/callback/'));
        await page.goto(his!.url);
        expect(await page.textContent('h1')).toBe('This belongs to another browser');
      });

      it('is refused in his browser also when he has begun a journey of his own', async () => {
        const { answer } = await keepAnswer();
        const own = await clickConnect(ben.tab, { providerID: stand.deviceID });
        await own.waitForSelector('#content:not([hidden])');
        await expectRefusal(await ben.profile.open(answer), 'This address does not work any more');
        expect(await ada.listJourneys()).toEqual(['other-browser', 'opened']);
      });
    });

    it('tells the study nothing but that nothing was connected', async () => {
      const { page, link } = await begin();
      await ben.profile.open(link);
      await Promise.all([page.waitForEvent('close'), page.click('#cancel')]);
      expect(await readOutcome(ada.tab)).toEqual({ thrown: null });
    });

    it('a stranger without any journey is told nothing', async () => {
      const { link } = await begin();
      const stranger = await newProfile();
      const made = link.replace(/[0-9a-f]{64}$/, 'f'.repeat(64));
      await expectRefusal(await stranger.open(made), 'This address does not work any more');
    });
  });
