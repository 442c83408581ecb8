/**
 * Lists every external account of a project, one line each: number, participant, provider, status.
 *
 * Gets its own access token with the private key of a service account, as an unattended script does. Needs
 * Node 22.18 or newer and the package `jose`; in a checkout:
 *
 *     PROJECT=… ACCOUNT=… KEY=FILE npm exec -- node examples/listAccounts.ts
 *     PROJECT=… ACCOUNT=… KEY=FILE npm exec -- node examples/listAccounts.ts externalAccountStatuses=unauthorized,error
 *
 * BASE is where the service is; http://localhost:8080 when it is not set. AUDIENCE is needed only when the
 * service knows its token endpoint by another URL than this script does.
 */
import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { SignJWT } from 'jose';

interface Account {
  readonly id: number;
  readonly participantIdentifier: string;
  readonly status: 'unauthorized' | 'fetchingData' | 'error' | 'fetchComplete';
  readonly provider: { readonly name: string };
}
interface Page {
  readonly externalAccounts: readonly Account[];
  /** Absent on the last page. */
  readonly nextPageID?: string;
}

const base = (process.env.BASE ?? 'http://localhost:8080').replace(/\/+$/, '');
const filters = new URLSearchParams();
for (const argument of process.argv.slice(2)) {
  const [name = '', ...value] = argument.split('=');
  filters.append(name, value.join('='));
}

const token = await getToken(requireSetting('ACCOUNT'), await readFile(requireSetting('KEY'), 'utf8'));
for await (const { id, participantIdentifier, provider, status } of listAccounts(requireSetting('PROJECT')))
  process.stdout.write(`${id}\t${participantIdentifier}\t${provider.name}\t${status}\n`);

/** An access token for the project of a service account, against an assertion signed with its key (RFC 7523). */
async function getToken(account: string, privateKey: string): Promise<string> {
  const endpoint = `${base}/identityserver/connect/token`;
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(account)
    .setSubject(account)
    .setAudience(process.env.AUDIENCE ?? endpoint)
    .setExpirationTime('200s')
    .setJti(randomUUID())
    .sign(createPrivateKey(privateKey));
  const answer = await fetch(endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      scope: 'api',
    }),
  });
  if (!answer.ok) throw new Error(`No token: HTTP ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Every account that matches the filters, page after page. */
async function* listAccounts(project: string): AsyncGenerator<Account> {
  const url = new URL(`${base}/api/v1/administration/projects/${project}/externalAccounts`);
  url.search = filters.toString();
  for (;;) {
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`HTTP ${answer.status} ${await answer.text()}`);
    const page = (await answer.json()) as Page;
    yield* page.externalAccounts;
    if (page.nextPageID === undefined) return;
    url.searchParams.set('nextPageID', page.nextPageID);
  }
}

function requireSetting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
  return value;
}
