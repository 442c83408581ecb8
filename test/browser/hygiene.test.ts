import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithBrowser } from '../harness/browser.ts';
import { findCanaries, type Sighting } from '../harness/canaries.ts';
import { clickConnect, decide, goOn } from '../harness/connectSteps.ts';
import { startStand, type ConnectStand } from '../harness/connectStand.ts';
import { fleets } from '../harness/fleets.ts';
import { readHistory } from '../harness/watchPages.ts';
import type { Exchange } from '../harness/witness.ts';

/** Bar C10: what a browser that connected something still holds, and what it ever saw. */
for (const [name, startFleet] of fleets)
  describeWithBrowser(`a browser that connected something at ${name}`, () => {
    let stand: ConnectStand;
    beforeAll(async () => {
      stand = await startStand(startFleet);
    });
    afterAll(() => stand.close());

    /** A device in a new window and a hospital in the same tab, each to its end; one more is declined. */
    async function connectAll() {
      const arrival = await stand.arrive();
      const { profile, tab } = arrival;
      const popup = await clickConnect(tab, { providerID: stand.deviceID });
      await goOn(popup);
      await Promise.all([popup.waitForEvent('close'), decide(popup)]);
      const back = tab.url();
      await clickConnect(tab, { providerID: stand.hospitalID, where: 'here' });
      await goOn(tab);
      await Promise.all([tab.waitForURL(back), decide(tab)]);
      const declined = await stand.site.open(profile);
      await clickConnect(declined, { providerID: stand.deviceID, where: 'here' });
      await goOn(declined);
      await decide(declined, { decision: 'deny' });
      await declined.waitForSelector('#sentence');
      return arrival;
    }

    const isOurs = ({ url }: Exchange) => url.startsWith(`${stand.service.publicUrl}/`);
    const onTheWire = (exchanges: readonly Exchange[]): Sighting[] =>
      exchanges.flatMap(({ method, url, headers, body, answerHeaders, answerBody }) => {
        const place = `${method} ${new URL(url).origin}`;
        return [
          { place: `the address of ${place}`, text: url },
          { place: `headers of ${place}`, text: JSON.stringify(headers) },
          { place: `the body of ${place}`, text: body },
          { place: `headers of the answer to ${place}`, text: JSON.stringify(answerHeaders) },
          { place: `the answer to ${place}`, text: answerBody },
        ];
      });
    /** Values of a parameter in the addresses of our callback. */
    const answered = (exchanges: readonly Exchange[], parameter: string) =>
      Object.fromEntries(
        exchanges
          .filter(({ url }) => url.includes('/connect/callback/'))
          .map(({ url }) => new URL(url).searchParams.get(parameter))
          .filter((value) => value !== null)
          .map((value, index) => [`${parameter} ${index + 1}`, value]),
      );

    it('never saw a token, a code verifier or a secret of ours', async () => {
      const { profile } = await connectAll();
      const secrets = stand.doors.secrets();
      const kinds = new Set(Object.keys(secrets).map((secret) => secret.split(' ')[0]));
      expect(kinds).toEqual(new Set(['code_verifier', 'access_token', 'refresh_token', 'id_token']));
      const exchanges = profile.witness.exchanges();
      expect(exchanges.length).toBeGreaterThan(30);
      expect(findCanaries([...onTheWire(exchanges), ...(await profile.collect())], secrets)).toEqual([]);
    });

    it('holds no code: it came in the one address that a provider chose, and that one is gone', async () => {
      const { profile } = await connectAll();
      const exchanges = profile.witness.exchanges();
      const codes = answered(exchanges, 'code');
      expect(Object.keys(codes)).toHaveLength(2);
      expect(findCanaries(await profile.collect(), codes)).toEqual([]);
      const places = new Set(
        findCanaries(onTheWire(exchanges), codes).map((found) => found.replace(/^code \d in /, '')),
      );
      for (const place of places)
        // Where the provider sends her, and where she therefore goes.
        expect(place).toMatch(
          /^(the address of GET http:\/\/localhost:\d+|(headers of )?the answer to \w+ http:\/\/127\.0\.0\.1:\d+)$/,
        );
      for (const exchange of exchanges.filter(({ url }) => url.includes('/connect/callback/'))) {
        expect(exchange.status).toBe(303);
        expect(exchange.answerBody).toBe('');
        expect(exchange.answerHeaders['location']).not.toMatch(/code=|state=/);
      }
    });

    it('keeps the verifier of the SDK out of every address that it remembers', async () => {
      const { profile, tab } = await connectAll();
      const opened = profile.witness
        .exchanges()
        .filter(({ url }) => /\/connect\/[0-9a-f]{64}\/open$/.test(url));
      expect(opened).toHaveLength(3);
      const verifiers = Object.fromEntries(
        opened.map(({ body }, index) => [
          `verifier ${index + 1}`,
          new URLSearchParams(body).get('verifier') ?? '',
        ]),
      );
      expect(findCanaries(await profile.collect(), verifiers)).toEqual([]);
      for (const address of await readHistory(tab)) expect(address).not.toMatch(/verifier|code=|#/);
    });

    it('tells nobody where it came from, and keeps none of our pages', async () => {
      const { profile } = await connectAll();
      const exchanges = profile.witness.exchanges();
      const pages = exchanges
        .filter(isOurs)
        .filter(({ answerHeaders }) => /html/.test(answerHeaders['content-type'] ?? ''));
      expect(pages.length).toBeGreaterThan(3);
      for (const { answerHeaders } of pages)
        expect(answerHeaders).toMatchObject({
          'cache-control': 'no-store',
          'referrer-policy': 'no-referrer',
          'x-content-type-options': 'nosniff',
          'content-security-policy': expect.stringContaining("default-src 'none'") as string,
        });
      for (const { headers } of exchanges) expect(headers['referer'] ?? '').not.toContain('/connect/');
    });

    it('has one cookie of ours, which no script and no other site can reach, and nothing stored', async () => {
      const { profile } = await connectAll();
      const cookies = (await profile.context.cookies()).filter(({ domain }) => domain === 'localhost');
      expect(cookies).toMatchObject([
        { name: '__Host-tributary-connect', httpOnly: true, secure: true, sameSite: 'Lax', path: '/' },
      ]);
      const { origins } = await profile.context.storageState({ indexedDB: true });
      expect(origins.filter(({ origin }) => origin === stand.service.publicUrl)).toEqual([]);
    });

    describe('the log of the service', () => {
      it('holds none of it either', async () => {
        const { participantID, profile } = await connectAll();
        const exchanges = profile.witness.exchanges();
        const log = stand.service.log.map((text) => ({ place: 'the log', text }));
        const secrets = {
          ...stand.doors.secrets(),
          ...answered(exchanges, 'code'),
          ...answered(exchanges, 'state'),
          participantID,
        };
        expect(log.length).toBeGreaterThan(10);
        expect(findCanaries(log, secrets)).toEqual([]);
      });
    });
  });
