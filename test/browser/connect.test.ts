// On one PostgreSQL: what browsers do is what it is about; test/journeys has the same statements.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeConnectPolicy } from '../../src/projects/connectPolicy.ts';
import { describeWithBrowser } from '../harness/browser.ts';
import { clickConnect, decide, goOn, redirectTo } from '../harness/connectSteps.ts';
import { startStand, type ConnectStand } from '../harness/connectStand.ts';
import { fleets, type Fleet } from '../harness/fleets.ts';
import { callSdk, readOutcome, startStudySite } from '../harness/studyPage.ts';

/** What the SDK gives to a page when its promise is kept, and when it is broken without a word. */
const kept = {};
const broken = { thrown: null };

for (const [name, startFleet] of fleets)
  describeWithBrowser(`a participant at ${name}`, () => {
    let stand: ConnectStand;
    let fleet: Fleet;
    beforeAll(async () => {
      stand = await startStand(startFleet);
      ({ fleet } = stand);
    });
    afterAll(() => stand.close());

    describe('who connects in a new window', () => {
      it.each(['device', 'hospital'] as const)('has an account with the %s when it closes', async (kind) => {
        const { profile, tab, listConnected } = await stand.arrive();
        const providerID = kind === 'device' ? stand.deviceID : stand.hospitalID;
        const requestsBefore = stand.doors.tokenRequests();
        const popup = await clickConnect(tab, { providerID });
        await goOn(popup);
        await Promise.all([popup.waitForEvent('close'), decide(popup)]);
        expect(await readOutcome(tab)).toEqual(kept);
        expect(await callSdk(tab, 'getExternalAccounts')).toMatchObject({
          value: [{ status: 'fetchingData', provider: { id: providerID } }],
        });
        expect(await listConnected()).toEqual([providerID]);
        expect(stand.doors.tokenRequests()).toBe(requestsBefore + 1);
        expect(stand.service.checkAnswers(profile)).toBeGreaterThan(8);
        // A browser complains there about whatever a policy of ours keeps it from.
        expect((await profile.collect()).filter(({ place }) => place === 'the console')).toEqual([]);
      });

      it('comes back by the page that the study names', async () => {
        const { profile, tab, listConnected } = await stand.arrive();
        const returnTo = `${stand.site.origin}/returned`;
        const popup = await clickConnect(tab, { providerID: stand.deviceID, returnTo });
        await goOn(popup);
        await Promise.all([popup.waitForEvent('close'), decide(popup)]);
        expect(await readOutcome(tab)).toEqual(kept);
        expect(await listConnected()).toEqual([stand.deviceID]);
        const returned = profile.witness.exchanges().filter(({ url }) => url.startsWith(returnTo));
        expect(returned.map(({ url }) => new URL(url).search)).toEqual([
          '?connectExternalAccount=true&messageID=1&success=true',
        ]);
      });

      it('is told what it means when she declines, and the study hears of it when she goes back', async () => {
        const { tab, listConnected, listJourneys } = await stand.arrive();
        const popup = await clickConnect(tab, { providerID: stand.deviceID });
        await goOn(popup);
        await decide(popup, { decision: 'deny' });
        expect(await popup.textContent('h1')).toBe('You chose not to share');
        expect(await popup.textContent('#sentence')).toContain('no data were shared');
        await Promise.all([popup.waitForEvent('close'), popup.click('#back')]);
        expect(await readOutcome(tab)).toEqual(broken);
        expect(await listConnected()).toEqual([]);
        expect((await listJourneys()).at(-1)).toBe('declined');
      });

      it('can stop before the provider hears of her', async () => {
        const { tab, listConnected, listJourneys } = await stand.arrive();
        const callsBefore = stand.doors.calls.length;
        const popup = await clickConnect(tab, { providerID: stand.deviceID });
        await Promise.all([popup.waitForEvent('close'), popup.click('#cancel')]);
        expect(await readOutcome(tab)).toEqual(broken);
        expect(await listConnected()).toEqual([]);
        expect((await listJourneys()).at(-1)).toBe('cancelled');
        expect(stand.doors.calls.length).toBe(callsBefore);
      });

      it('reads who asks for what before anything happens', async () => {
        const { study, tab } = await stand.arrive();
        const popup = await clickConnect(tab, { providerID: stand.deviceID });
        await popup.waitForSelector('#continue');
        const said = await popup.innerText('main');
        const found = await callSdk(tab, 'getExternalAccountProviders', '', '', 100, 0);
        const { externalAccountProviders: list } = found.value as {
          externalAccountProviders: { id: number; name: string }[];
        };
        expect(said).toContain(list.find(({ id }) => id === stand.deviceID)?.name);
        expect(said).toContain(`Study ${study.projectID}`);
        expect(await popup.locator('li').count()).toBeGreaterThan(1);
        const logo = await popup.evaluate<number>(`document.querySelector('img').decode().then(() =>
          document.querySelector('img').naturalWidth)`);
        expect(logo).toBeGreaterThan(0);
      });

      it('shares what she left ticked and nothing else', async () => {
        const { tab } = await stand.arrive();
        const popup = await clickConnect(tab, { providerID: stand.deviceID });
        await goOn(popup);
        const asked = await popup.$$eval('[name=scope]', (boxes) =>
          boxes.map((box) => (box as unknown as { value: string }).value),
        );
        await decide(popup, { untick: [fleet.optionalScope] });
        // She is told first what she has left out.
        await Promise.all([popup.waitForEvent('close'), popup.click('#back')]);
        const { value } = await callSdk(tab, 'getExternalAccounts');
        const [account] = value as [{ dataScopes: string }];
        expect(asked).toContain(fleet.optionalScope);
        expect(account.dataScopes.split(' ').sort()).toEqual(
          asked.filter((scope) => scope !== fleet.optionalScope).sort(),
        );
      });
    });

    describe('who connects in the same tab', () => {
      it('is back on the page that she left', async () => {
        const { tab, listConnected } = await stand.arrive();
        const page = tab.url();
        await clickConnect(tab, { providerID: stand.deviceID, where: 'here' });
        await goOn(tab);
        await Promise.all([tab.waitForURL(redirectTo(page)), decide(tab)]);
        expect(await listConnected()).toEqual([stand.deviceID]);
        await tab.waitForSelector('body[data-ready]');
        expect(await callSdk(tab, 'getExternalAccounts')).toMatchObject({
          value: [{ provider: { id: stand.deviceID } }],
        });
      });

      it('is back where the study wants her, which is told whether it worked', async () => {
        const { tab, listConnected } = await stand.arrive();
        const returnTo = `${stand.site.origin}/done?visit=7&success=%SUCCESSVALUE%#shared`;
        await clickConnect(tab, { providerID: stand.deviceID, where: 'here', returnTo });
        await goOn(tab);
        const back = (success: boolean) => returnTo.replace('%SUCCESSVALUE%', String(success));
        await Promise.all([tab.waitForURL(back(true)), decide(tab)]);
        expect(await listConnected()).toEqual([stand.deviceID]);

        const another = await stand.arrive();
        const wish = { providerID: stand.deviceID, where: 'here', returnTo } as const;
        await clickConnect(another.tab, wish);
        await goOn(another.tab);
        await decide(another.tab, { decision: 'deny' });
        await Promise.all([another.tab.waitForURL(back(false)), another.tab.click('#back')]);
        await clickConnect(another.tab, wish);
        await Promise.all([another.tab.waitForURL(back(false)), another.tab.click('#cancel')]);
        expect(await another.listConnected()).toEqual([]);
      });

      it('needs nothing but the keyboard', async () => {
        const { tab, listConnected } = await stand.arrive();
        const page = tab.url();
        await clickConnect(tab, { providerID: stand.deviceID, where: 'here' });
        await tab.waitForSelector('#content:not([hidden])');
        // A reader of screens begins at the heading.
        expect(await tab.evaluate('document.activeElement.id')).toBe('title');
        await tab.keyboard.press('Tab');
        expect(await tab.evaluate('document.activeElement.id')).toBe('continue');
        await tab.keyboard.press('Enter');
        await tab.focus('[name=decision][value=allow]');
        await Promise.all([tab.waitForURL(redirectTo(page)), tab.keyboard.press('Enter')]);
        expect(await listConnected()).toEqual([stand.deviceID]);
      });
    });

    it('keeps her account when she connects it again', async () => {
      const { tab, listConnected } = await stand.arrive();
      const list = async () => (await callSdk(tab, 'getExternalAccounts')).value as [{ id: number }];
      const ids: number[] = [];
      for (let round = 0; round < 2; round++) {
        const popup = await clickConnect(tab, { providerID: stand.deviceID });
        await goOn(popup);
        await Promise.all([popup.waitForEvent('close'), decide(popup)]);
        expect(await readOutcome(tab)).toEqual(kept);
        ids.push((await list())[0].id);
      }
      expect(ids[0]).toBe(ids[1]);
      expect(await listConnected()).toEqual([stand.deviceID]);
    });

    it('of a study whose pages hide where they are is sent back, until the study allows links from anywhere', async () => {
      const site = await startStudySite(`${stand.service.publicUrl}/`, 'no-referrer');
      const { study, tab, listConnected } = await stand.arrive(undefined, site);
      const refused = await clickConnect(tab, { providerID: stand.deviceID });
      expect(await refused.textContent('h1')).toBe('Open this from your study');
      await refused.close();
      await stand.database.transaction((transaction) =>
        changeConnectPolicy(transaction, {
          projectID: study.projectID,
          change: { allowFromAnywhere: true },
          actor: 'test',
          now: Date.now(),
        }),
      );
      const popup = await clickConnect(tab, { providerID: stand.deviceID });
      await goOn(popup);
      await Promise.all([popup.waitForEvent('close'), decide(popup)]);
      expect(await readOutcome(tab)).toEqual(kept);
      expect(await listConnected()).toEqual([stand.deviceID]);
      await site.close();
    });

    it('is led to no address that the study has not listed', async () => {
      const { tab } = await stand.arrive();
      const elsewhere = [
        'https://evil.example.org/',
        `${stand.site.origin}.evil.example.org/`,
        '//evil.example.org',
      ];
      for (const returnTo of elsewhere)
        for (const where of ['popup', 'here'] as const) {
          const page = await clickConnect(tab, { providerID: stand.deviceID, where, returnTo });
          expect(await readOutcome(tab)).toEqual({ thrown: 'Bad Request' });
          if (page !== tab) await page.close();
        }
    });
  });
