// On one PostgreSQL: what browsers do is what it is about; test/journeys has the same statements.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithBrowser } from '../harness/browser.ts';
import { findCanaries, type Sighting } from '../harness/canaries.ts';
import { clickConnect, decide, goOn, redirectTo } from '../harness/connectSteps.ts';
import { startStand, type Arrival, type ConnectStand } from '../harness/connectStand.ts';
import { fleets } from '../harness/fleets.ts';
import { readHistory } from '../harness/watchPages.ts';
import type { Exchange } from '../harness/witness.ts';

/** A device in a new window and a hospital in the same tab, each to its end; one more is declined. */
async function connectAll(stand: ConnectStand, { profile, tab }: Arrival): Promise<void> {
  const popup = await clickConnect(tab, { providerID: stand.deviceID });
  await goOn(popup);
  await Promise.all([popup.waitForEvent('close'), decide(popup)]);
  const back = tab.url();
  await clickConnect(tab, { providerID: stand.hospitalID, where: 'here' });
  await goOn(tab);
  await Promise.all([tab.waitForURL(redirectTo(back)), decide(tab)]);
  const declined = await stand.site.open(profile);
  await clickConnect(declined, { providerID: stand.deviceID, where: 'here' });
  await goOn(declined);
  await decide(declined, { decision: 'deny' });
  await declined.waitForSelector('#sentence');
}

/** CONNECT-NO-LEAK: what a browser that connected something still holds, and what it ever saw. */
for (const [name, startFleet] of fleets)
  describeWithBrowser(`a browser that connected something at ${name}`, () => {
    let stand: ConnectStand;
    /** What went over the wire, what the browser holds in the end, and what the study's tab remembers. */
    let exchanges: readonly Exchange[];
    let held: readonly Sighting[];
    let addresses: readonly string[];
    let cookies: Awaited<ReturnType<Arrival['profile']['context']['cookies']>>;
    let origins: readonly string[];
    let participantID: string;

    beforeAll(async () => {
      stand = await startStand(startFleet);
      const arrival = await stand.arrive();
      ({ participantID } = arrival);
      await connectAll(stand, arrival);
      const { context, witness } = arrival.profile;
      exchanges = witness.exchanges();
      held = await arrival.profile.collect();
      addresses = await readHistory(arrival.tab);
      cookies = await context.cookies();
      origins = (await context.storageState({ indexedDB: true })).origins.map(({ origin }) => origin);
      await arrival.profile.close();
    }, 90_000);
    afterAll(() => stand.close());

    const isOurs = ({ url }: Exchange) => url.startsWith(`${stand.service.publicUrl}/`);
    const onTheWire = (these = exchanges): Sighting[] =>
      these.flatMap(({ method, url, headers, body, answerHeaders, answerBody }) => {
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
    const answered = (parameter: string) =>
      Object.fromEntries(
        exchanges
          .filter(({ url }) => url.includes('/connect/callback/'))
          .map(({ url }) => new URL(url).searchParams.get(parameter))
          .filter((value) => value !== null)
          .map((value, index) => [`${parameter} ${index + 1}`, value]),
      );

    /** What passes between the service and providers alone. */
    const ourSecrets = (): Record<string, string> => {
      const ours = [...stand.fleet.catalogue.credentials.values()].flatMap(({ clientSecret, privateKey }) => [
        ...(clientSecret === undefined ? [] : [clientSecret.reveal()]),
        ...(privateKey === undefined ? [] : [privateKey.reveal()]),
      ]);
      return {
        ...stand.doors.secrets(),
        ...Object.fromEntries(ours.map((secret, index) => [`client_secret ${index + 1}`, secret])),
      };
    };
    /** The secrets of the one-time addresses. */
    const links = () =>
      Object.fromEntries(
        exchanges
          .flatMap(({ url }) => /\/connect\/([0-9a-f]{64})\/open$/.exec(url)?.[1] ?? [])
          .map((link, index) => [`link ${index + 1}`, link]),
      );

    it('never saw a token, a code verifier or a secret of ours', () => {
      const kinds = new Set(Object.keys(ourSecrets()).map((secret) => secret.split(' ')[0]));
      for (const kind of ['code_verifier', 'access_token', 'refresh_token', 'id_token', 'client_secret'])
        expect(kinds).toContain(kind);
      expect(exchanges.length).toBeGreaterThan(30);
      expect(findCanaries([...onTheWire(), ...held], ourSecrets())).toEqual([]);
    });

    it('is never told by us or by a provider who she is in the study', () => {
      const connecting = exchanges.filter(({ url }) => !url.startsWith(`${stand.service.publicUrl}/api/`));
      expect(findCanaries([...onTheWire(connecting), ...held], { participantID })).toEqual([]);
    });

    it('holds no code: it came in the one address that a provider chose, and that one is gone', () => {
      const codes = answered('code');
      expect(Object.keys(codes)).toHaveLength(2);
      expect(findCanaries(held, codes)).toEqual([]);
      const places = new Set(
        findCanaries(onTheWire(), codes).map((found) => found.replace(/^code \d in /, '')),
      );
      for (const place of places)
        // Where the provider sends her, and where she therefore goes.
        expect(place).toMatch(
          /^(the address of GET http:\/\/localhost:\d+|(headers of )?the answer to \w+ http:\/\/127\.0\.0\.1:\d+)$/,
        );
      const asked = exchanges.filter((exchange) =>
        findCanaries(onTheWire([exchange]), codes).some((found) => found.includes('the address')),
      );
      expect(asked).toHaveLength(2);
      for (const exchange of asked) {
        expect(exchange.url).toContain('/connect/callback/');
        expect(exchange.status).toBe(303);
        expect(exchange.answerBody).toBe('');
        expect(exchange.answerHeaders['location']).not.toMatch(/code=|state=/);
      }
    });

    it('keeps the verifier of the SDK out of every address that it remembers', () => {
      const opened = exchanges.filter(({ url }) => /\/connect\/[0-9a-f]{64}\/open$/.test(url));
      expect(opened).toHaveLength(3);
      const verifiers = Object.fromEntries(
        opened.map(({ body }, index) => [
          `verifier ${index + 1}`,
          new URLSearchParams(body).get('verifier') ?? '',
        ]),
      );
      expect(findCanaries(held, verifiers)).toEqual([]);
      for (const address of addresses) expect(address).not.toMatch(/verifier|code=|#./);
    });

    it('tells nobody where it came from, and keeps none of our pages', () => {
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

    it('is told by every answer of ours what may be done with it, and never to insist on TLS that is not there', () => {
      const ours = exchanges.filter(isOurs).filter(({ status }) => status !== 0);
      expect(ours.length).toBeGreaterThan(10);
      for (const { answerHeaders } of ours) {
        expect(answerHeaders).toHaveProperty('permissions-policy');
        expect(answerHeaders).toHaveProperty('cross-origin-resource-policy');
        expect(answerHeaders).not.toHaveProperty('strict-transport-security');
      }
    });

    it('has one cookie of ours, which no script and no other site can reach, and nothing stored', () => {
      expect(cookies.filter(({ domain }) => domain === 'localhost')).toMatchObject([
        { name: '__Host-tributary-connect', httpOnly: true, secure: true, sameSite: 'Lax', path: '/' },
      ]);
      expect(origins).not.toContain(stand.service.publicUrl);
    });

    it('leaves nothing of it in the log of the service', () => {
      const log = stand.service.log.map((text) => ({ place: 'the log', text }));
      expect(log.length).toBeGreaterThan(10);
      const secrets = {
        ...ourSecrets(),
        ...answered('code'),
        ...answered('state'),
        ...links(),
        participantID,
      };
      expect(Object.keys(secrets).length).toBeGreaterThan(12);
      expect(findCanaries(log, secrets)).toEqual([]);
    });
  });
