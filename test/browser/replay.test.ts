// On one PostgreSQL: what browsers do is what it is about; test/journeys has the same statements.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithBrowser } from '../harness/browser.ts';
import { clickConnect, decide, goOn, redirectTo } from '../harness/connectSteps.ts';
import { startStand, type ConnectStand } from '../harness/connectStand.ts';
import { fleets } from '../harness/fleets.ts';

/** CONNECT-ONE-ANSWER, as a participant can bring it about: with several tabs, her back button, and answers that come twice. */
for (const [name, startFleet] of fleets)
  describeWithBrowser(`one browser, at ${name}`, () => {
    let stand: ConnectStand;
    beforeAll(async () => {
      stand = await startStand(startFleet);
    });
    afterAll(() => stand.close());

    it('connects two providers in two tabs at once', async () => {
      const { profile, tab, listConnected } = await stand.arrive();
      const other = await stand.site.open(profile);
      const back = tab.url();
      await clickConnect(tab, { providerID: stand.deviceID, where: 'here' });
      await clickConnect(other, { providerID: stand.hospitalID, where: 'here' });
      await goOn(tab);
      await goOn(other);
      await Promise.all([other.waitForURL(redirectTo(back)), decide(other)]);
      await Promise.all([tab.waitForURL(redirectTo(back)), decide(tab)]);
      expect((await listConnected()).toSorted()).toEqual([stand.deviceID, stand.hospitalID].toSorted());
    });

    it('keeps two journeys apart whose start pages prove their verifiers in the same moment', async () => {
      const { profile, tab, listConnected } = await stand.arrive();
      const other = await stand.site.open(profile);
      const back = tab.url();
      profile.witness.pair(/\/connect\/[0-9a-f]{64}\/open$/);
      await Promise.all([
        clickConnect(tab, { providerID: stand.deviceID, where: 'here' }),
        clickConnect(other, { providerID: stand.hospitalID, where: 'here' }),
      ]);
      await Promise.all([goOn(tab), goOn(other)]);
      await Promise.all([tab.waitForURL(redirectTo(back)), decide(tab)]);
      await Promise.all([other.waitForURL(redirectTo(back)), decide(other)]);
      expect((await listConnected()).toSorted()).toEqual([stand.deviceID, stand.hospitalID].toSorted());
    });

    it('connects one provider once when she begins in two tabs and finishes in both', async () => {
      const { profile, tab, listConnected } = await stand.arrive();
      const other = await stand.site.open(profile);
      const back = tab.url();
      for (const page of [tab, other]) {
        await clickConnect(page, { providerID: stand.deviceID, where: 'here' });
        await goOn(page);
      }
      await Promise.all([
        tab.waitForURL(redirectTo(back)),
        other.waitForURL(redirectTo(back)),
        decide(tab),
        decide(other),
      ]);
      expect(await listConnected()).toEqual([stand.deviceID]);
    });

    it('takes an answer that comes twice once, and ends both times where the study wants her', async () => {
      const { profile, tab, listConnected } = await stand.arrive();
      const back = tab.url();
      await clickConnect(tab, { providerID: stand.deviceID, where: 'here' });
      await goOn(tab);
      const answered = profile.witness.intercept(/\/connect\/callback\//);
      await decide(tab);
      const answer = await answered;
      const requestsBefore = stand.doors.tokenRequests();
      const tabs = [await profile.open(), await profile.open(), await profile.open()];
      await Promise.all(tabs.map((page) => page.goto(answer)));
      await Promise.all(tabs.map((page) => page.waitForURL(redirectTo(back))));
      expect(stand.doors.tokenRequests()).toBe(requestsBefore + 1);
      expect(await listConnected()).toEqual([stand.deviceID]);
      await tabs[0]!.goto(answer);
      await tabs[0]!.waitForURL(redirectTo(back));
      expect(stand.doors.tokenRequests()).toBe(requestsBefore + 1);
    });

    it('goes on after she came back from the provider’s page; the older answer is good for nothing', async () => {
      const { profile, tab, listConnected } = await stand.arrive();
      const back = tab.url();
      await clickConnect(tab, { providerID: stand.deviceID, where: 'here' });
      await goOn(tab);
      const answered = profile.witness.intercept(/\/connect\/callback\//);
      await decide(tab);
      const older = await answered;
      await tab.goBack({ waitUntil: 'commit' });
      if ((await tab.locator('#continue').count()) === 0) await tab.goBack();
      await goOn(tab);
      const requestsBefore = stand.doors.tokenRequests();
      const elsewhere = await profile.open(older);
      expect(await elsewhere.textContent('h1')).toBe('This address does not work any more');
      expect(stand.doors.tokenRequests()).toBe(requestsBefore);
      await Promise.all([tab.waitForURL(redirectTo(back)), decide(tab)]);
      expect(await listConnected()).toEqual([stand.deviceID]);
    });

    it('finds the start page again when she loads it anew', async () => {
      const { tab, listConnected } = await stand.arrive();
      const back = tab.url();
      await clickConnect(tab, { providerID: stand.deviceID, where: 'here' });
      await tab.waitForSelector('#content:not([hidden])');
      await tab.reload();
      await goOn(tab);
      await Promise.all([tab.waitForURL(redirectTo(back)), decide(tab)]);
      expect(await listConnected()).toEqual([stand.deviceID]);
    });

    it('leads her back from a start page that was still open when she had connected in another tab', async () => {
      const { profile, tab, listConnected } = await stand.arrive();
      const back = tab.url();
      await clickConnect(tab, { providerID: stand.deviceID, where: 'here' });
      await tab.waitForSelector('#content:not([hidden])');
      const twin = await profile.open(tab.url());
      await twin.waitForSelector('#content:not([hidden])');
      await goOn(tab);
      await Promise.all([tab.waitForURL(redirectTo(back)), decide(tab)]);
      const callsBefore = stand.doors.calls.length;
      await Promise.all([twin.waitForURL(back), twin.click('#continue')]);
      expect(stand.doors.calls.length).toBe(callsBefore);
      expect(await listConnected()).toEqual([stand.deviceID]);
    });

    it('does nothing again when she goes back after the end', async () => {
      const { tab, listConnected } = await stand.arrive();
      const back = tab.url();
      await clickConnect(tab, { providerID: stand.deviceID, where: 'here' });
      await goOn(tab);
      await Promise.all([tab.waitForURL(redirectTo(back)), decide(tab)]);
      const requestsBefore = stand.doors.tokenRequests();
      for (let step = 0; step < 4; step++) {
        if ((await tab.goBack()) === null) break;
        if (!tab.url().startsWith(stand.service.publicUrl)) continue;
        await tab.waitForFunction(`document.querySelector('h1').textContent.includes('is connected')`);
        expect(await tab.locator('#continue').count()).toBe(0);
      }
      expect(stand.doors.tokenRequests()).toBe(requestsBefore);
      expect(await listConnected()).toEqual([stand.deviceID]);
    });
  });
