import { afterEach, describe, expect, it } from 'vitest';
import { runRevocations } from '../../src/accounts/runRevocations.ts';
import type { ClientAuthentication } from '../../src/definitions/shape/auth.ts';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import { createWatchedLog } from '../harness/canaryWatch.ts';
import { sql } from '../../src/platform/storage/database.ts';
import { reachableCatalogue } from '../builders/reachableCatalogue.ts';
import { createStudy } from '../builders/study.ts';
import { createPlainBrowser } from '../fakes/plainBrowser.ts';
import { startStrictServer, strictSlug, type StrictServerOptions } from '../fakes/strictServer.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createJourneyBrowser, goToProvider, returnAddress } from '../harness/journeyBrowser.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { startTestService } from '../harness/testService.ts';
import { createTestVault } from '../harness/testVault.ts';
import { allowStudyPage } from '../harness/worlds.ts';

const methods: readonly ClientAuthentication[] = [
  { method: 'none' },
  { method: 'client_secret_basic' },
  { method: 'client_secret_post' },
  { method: 'private_key_jwt', algorithms: ['RS384'] },
  { method: 'private_key_jwt', algorithms: ['ES384'] },
];
const connected = `${returnAddress.replace('%SUCCESSVALUE%', 'true')}#`;

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

/** The real service with the strict server as its one vendor. */
async function openWorld(options: StrictServerOptions) {
  const { database } = await createTestDatabase();
  const server = await startStrictServer(options);
  const offered = reachableCatalogue([server]);
  const service = await startTestService(database, offered);
  open.push(server, service);
  const study = await createStudy(database);
  await allowStudyPage(database, study);
  const providerID = await study.addProvider({
    name: 'Strict Clinic',
    definition: strictSlug,
    endpointUrl: server.fhirBase,
  });
  const connect = async () => {
    const participantID = await study.addParticipant();
    const token = await service.issueParticipantToken(study.projectID, participantID);
    const browser = createJourneyBrowser(service);
    const { address } = await goToProvider(service, { token, providerID, browser });
    const { location = '' } = await createPlainBrowser().get(address);
    const answer = await browser.visit(location);
    const [account] = await database.query<{
      id: number;
      user: string;
      is_proxy: boolean | null;
      scopes: string[];
    }>(sql`
      select account_id as id, provider_user_id as user, is_proxy, scopes
        from external_accounts natural join scope_periods where participant_id = ${participantID}`);
    return { token, browser, callback: location, location: answer.headers.location, account };
  };
  return { ...offered, database, server, service, connect };
}

describe('our requests, read by a strict server', () => {
  it.each(methods.flatMap((method) => (['v1', 'v2'] as const).map((version) => [method, version] as const)))(
    'break no rule of RFC 6749, 7636, 9207 and SMART App Launch 2.2 with %o and scopes of %s',
    async (clientAuthentication, scopeVersion) => {
      const { connect, server } = await openWorld({ clientAuthentication, scopeVersion });
      const { location, account } = await connect();
      expect(server.violations).toEqual([]);
      expect(location).toBe(connected);
      expect(account).toMatchObject({ user: 'st-1', is_proxy: false });
      expect(account?.scopes).toContain(scopeVersion === 'v1' ? 'patient/*.read' : 'patient/*.rs');
      expect(server.requests).toEqual({ discovery: 1, authorization: 1, token: 1, revocation: 0, other: 0 });
    },
  );

  it('never use a value twice: state, challenge, nonce, and the assertion’s identifier', async () => {
    const { connect, server } = await openWorld({ clientAuthentication: methods[3]! });
    for (let journey = 0; journey < 20; journey++) await connect();
    expect(server.violations).toEqual([]);
    expect(server.requests).toMatchObject({ authorization: 20, token: 20 });
  });

  it('carry what a vendor wants beside the standard', async () => {
    const authorizeParameters = { brand: 'north & south', response_mode: 'query' };
    const { connect, server } = await openWorld({ clientAuthentication: methods[1]!, authorizeParameters });
    expect((await connect()).location).toBe(connected);
    expect(server.violations).toEqual([]);
  });

  it('connect where the server neither promises nor sends its issuer', async () => {
    const { connect, server } = await openWorld({ clientAuthentication: methods[0]!, iss: 'not-advertised' });
    expect((await connect()).location).toBe(connected);
    expect(server.violations).toEqual([]);
  });

  it.each(['missing', 'wrong', 'of-another-server'] as const)(
    'end with the redirect when its iss is %s: no code is ever sent (RFC 9207, CONNECT-RIGHT-PROVIDER)',
    async (iss) => {
      const { connect, server } = await openWorld({ clientAuthentication: methods[1]!, iss });
      const { browser, callback, location, account } = await connect();
      expect((await browser.visit(String(location))).body).toContain('We stopped for your safety');
      await browser.visit(callback);
      expect(account).toBeUndefined();
      expect(server.violations).toEqual([]);
      expect(server.requests).toMatchObject({ authorization: 1, token: 0 });
    },
  );

  it.each(methods)(
    'break no rule when they give a grant back (RFC 7009), with %o',
    async (clientAuthentication) => {
      const { connect, server, service, database, catalogue, findDoor } = await openWorld({
        clientAuthentication,
      });
      const { token, account } = await connect();
      const answer = await service.send({
        method: 'DELETE',
        url: `/api/v1/delegated/externalaccounts/delete/${account!.id}`,
        token,
      });
      expect(answer.statusCode).toBe(204);
      // After the deletion, which goes by the machine's clock; what the server judges by is hardly later.
      const clock = createFakeClock(Date.now() + 1);
      const log = createWatchedLog().log;
      const findServer = createServerFinder({ database, clock, log });
      const vault = createTestVault(database);
      const given = await runRevocations({ database, catalogue, findDoor, findServer, vault, clock, log });
      expect(given).toBe(1);
      expect(server.violations).toEqual([]);
      expect(server.requests.revocation).toBe(1);
    },
  );
});
