import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePublicKey } from '../../src/access/publicKey.ts';
import { addPublicKey, revokePublicKey, revokeServiceAccount } from '../../src/access/serviceAccounts.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import {
  openDatabase,
  sql,
  type Database,
  type DatabaseTarget,
} from '../../src/platform/storage/database.ts';
import {
  ecPair,
  ed25519Pair,
  encodePart,
  goodClaims,
  rsaPair,
  signJws,
  type TestKeyPair,
} from '../builders/clientAssertion.ts';
import {
  assertionType,
  askWhoAmI,
  createAccount,
  otherAudience,
  ownAudience,
  postToken,
  startAccessProcess,
  tokenForm,
  tokenPath,
  type AccessProcess,
} from '../harness/accessProcess.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const clock = createFakeClock();
const seconds = () => clock.now() / 1000;
const owner = rsaPair();
const stranger = rsaPair();
const jwt = { alg: 'RS256', typ: 'JWT' };

let database: Database;
let target: DatabaseTarget;
let service: AccessProcess;
let account: Awaited<ReturnType<typeof createAccount>>;
const others: Database[] = [];

beforeAll(async () => {
  ({ database, target } = await createTestDatabase());
  service = startAccessProcess({ database, clock });
  account = await createAccount(database, owner);
});
afterAll(async () => {
  await service.app.close();
  for (const other of others) await other.close();
});

/** Another process on the same database: nothing is shared with the first but what the database holds. */
function startAnother(): AccessProcess {
  const other = openDatabase({ target, poolSizeMax: 4, applicationName: 'tests' });
  others.push(other);
  return startAccessProcess({ database: other, clock });
}

const claims = (more: object = {}) => ({ ...goodClaims(account.name, ownAudience, clock.now()), ...more });
const signed = (more: object = {}, header: object = {}) =>
  signJws({ ...jwt, ...header }, claims(more), owner.privateKey);
const post = (assertion: string, more?: Record<string, string>) =>
  postToken(service.app, tokenForm(assertion, more));

describe('a client that does everything right', () => {
  it('gets a token that works, in the form of RFC 6749 section 5.1', async () => {
    const answer = await post(signed());
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      pragma: 'no-cache',
    });
    const body = answer.json<{ access_token: string }>();
    expect(body).toEqual({
      access_token: expect.stringMatching(/^trb_[A-Za-z0-9_-]{43}$/) as unknown,
      expires_in: 3600,
      token_type: 'Bearer',
      scope: 'api',
    });
    const caller = await askWhoAmI(service.app, account.projectID, body.access_token);
    expect(caller.json()).toMatchObject({ name: account.name, projectID: account.projectID });
  });

  it('leaves one audit row for each token, in the same transaction, and no token in the database or the log', async () => {
    const count = async () =>
      (
        await database.query<{ count: number }>(sql`
          select count(*)::integer as count from audit_entries
           where action = 'access-token.issued' and actor = ${`service-account:${account.name}`}
             and project_id = ${account.projectID} and details->>'thumbprint' = ${account.thumbprints[0]}`)
      )[0]?.count ?? 0;
    const before = await count();
    const assertion = signed();
    const token = (await post(assertion)).json<{ access_token: string }>().access_token;
    expect(await count()).toBe(before + 1);
    const [stored] = await database.query<{ dump: string }>(sql`
      select (select string_agg(t::text, '') from access_tokens t) ||
             (select string_agg(e::text, '') from audit_entries e) as dump`);
    for (const text of [stored?.dump ?? '', service.logged.join('')]) {
      expect(text.length).toBeGreaterThan(0);
      expect(text).not.toContain(token.slice(4));
      expect(text).not.toContain(assertion.slice(-40));
    }
  });
});

describe('fixtures of real clients', () => {
  it.each([
    [
      'node quickstart: integer exp, iat',
      { exp: 200, iat: 0, whole: true },
      'application/x-www-form-urlencoded',
      tokenPath,
    ],
    [
      'python quickstart: fractional exp, doubled slash',
      { exp: 200 },
      'application/x-www-form-urlencoded',
      `/${tokenPath}`,
    ],
    [
      'java quickstart: 5 s, charset in the content type',
      { exp: 5, whole: true },
      'application/x-www-form-urlencoded; charset=UTF-8',
      tokenPath,
    ],
    ['sensorfabric: one hour', { exp: 3600 }, 'application/x-www-form-urlencoded', tokenPath],
    [
      'the documentation: milliseconds',
      { exp: 200_000, unit: 1 },
      'application/x-www-form-urlencoded',
      tokenPath,
    ],
    [
      'letter case and trailing slash',
      { exp: 200 },
      'Application/X-WWW-Form-Urlencoded',
      `${tokenPath.toUpperCase()}/`,
    ],
  ])(
    '%s',
    async (_name, time: { exp: number; iat?: number; whole?: boolean; unit?: number }, contentType, url) => {
      const base = time.unit === 1 ? clock.now() : seconds();
      const exp = time.whole === true ? Math.floor(base) + time.exp : base + time.exp;
      const assertion = signed({ exp, ...(time.iat === undefined ? {} : { iat: Math.floor(base) }) });
      const answer = await service.app.inject({
        method: 'POST',
        url,
        headers: { 'content-type': contentType },
        payload: tokenForm(assertion),
      });
      expect(answer.json()).toMatchObject({ token_type: 'Bearer' });
    },
  );

  it('sends the fields in any order, percent-encoded or with plus signs, and others beside them', async () => {
    const form = `client_assertion=${signed()}&foo=bar&client_id=whatever&client_assertion_type=${encodeURIComponent(assertionType)}&scope=openid+api%20other&resource=&grant_type=client_credentials`;
    expect((await postToken(service.app, form)).statusCode).toBe(200);
  });

  it('may leave out the scope', async () => {
    for (const scope of ['', 'api', 'api api'])
      expect((await post(signed(), { scope })).json()).toMatchObject({ scope: 'api' });
  });

  it('may write the audience of any accepted host, as text or as an array of one', async () => {
    for (const aud of [ownAudience, otherAudience, [ownAudience]])
      expect((await post(signed({ aud }))).statusCode).toBe(200);
  });
});

describe('the algorithms', () => {
  const supported: [string, TestKeyPair][] = [
    ['RS256', owner],
    ['RS384', owner],
    ['RS512', owner],
    ['PS256', owner],
    ['ES256', ecPair('P-256')],
    ['ES384', ecPair('P-384')],
    ['EdDSA', ed25519Pair()],
    ['Ed25519', ed25519Pair()],
  ];
  it.each(supported)('accepts %s', async (alg, pair) => {
    const own = pair === owner ? account : await createAccount(database, pair);
    const assertion = signJws({ alg }, goodClaims(own.name, ownAudience, clock.now()), pair.privateKey);
    expect((await post(assertion)).statusCode).toBe(200);
  });

  it('accepts each of two keys, also of different kinds, and neither of another account', async () => {
    const second = ecPair('P-256');
    const own = await createAccount(database, stranger, second);
    const by = (alg: string, pair: TestKeyPair, name: string) =>
      post(signJws({ alg }, goodClaims(name, ownAudience, clock.now()), pair.privateKey)).then(
        (a) => a.statusCode,
      );
    expect(await by('RS256', stranger, own.name)).toBe(200);
    expect(await by('ES256', second, own.name)).toBe(200);
    expect(await by('RS256', stranger, account.name)).toBe(400);
    expect(await by('RS256', owner, own.name)).toBe(400);
  });
});

/** Each gives an assertion that must be refused; whoever adds a case adds a name. */
const attacks: Record<string, () => string> = {
  'alg none, no signature': () => `${encodePart({ alg: 'none' })}.${encodePart(claims())}.`,
  'alg none, a signature': () =>
    `${encodePart({ alg: 'none' })}.${encodePart(claims())}.${signed().split('.')[2] ?? ''}`,
  'alg None in odd letters': () => `${encodePart({ alg: 'nOnE' })}.${encodePart(claims())}.AA`,
  'alg empty': () => signJws({ alg: '' }, claims(), owner.privateKey, 'RS256'),
  'alg missing': () =>
    signJws({ ...jwt, alg: undefined as unknown as string }, claims(), owner.privateKey, 'RS256'),
  'alg of another letter case': () => signJws({ alg: 'rs256' }, claims(), owner.privateKey, 'RS256'),
  'alg unknown': () => signJws({ alg: 'RS1' }, claims(), owner.privateKey, 'RS256'),
  'PS384, which is not supported': () => signJws({ alg: 'PS384' }, claims(), owner.privateKey),
  'HS256 with the public key as secret, PEM': () => signJws({ alg: 'HS256' }, claims(), owner.spki),
  'HS256 with the public key as secret, PEM without its last line break': () =>
    signJws({ alg: 'HS256' }, claims(), owner.spki.trim()),
  'HS256 with the public key as secret, DER': () =>
    signJws({ alg: 'HS256' }, claims(), owner.publicKey.export({ type: 'spki', format: 'der' })),
  'HS256 with the public key as secret, PKCS#1': () =>
    signJws({ alg: 'HS256' }, claims(), owner.publicKey.export({ type: 'pkcs1', format: 'pem' })),
  'HS512 with the public key as secret': () => signJws({ alg: 'HS512' }, claims(), owner.spki),
  'HS256 with an empty secret': () => signJws({ alg: 'HS256' }, claims(), ''),
  'RS256 header over an HMAC': () => signJws(jwt, claims(), owner.spki, 'HS256'),
  'RS256 header over a PS256 signature': () => signJws(jwt, claims(), owner.privateKey, 'PS256'),
  'RS256 header over an RS512 signature': () => signJws(jwt, claims(), owner.privateKey, 'RS512'),
  'ES256 for an account with an RSA key': () =>
    signJws({ alg: 'ES256' }, claims(), ecPair('P-256').privateKey),
  'another key': () => signJws(jwt, claims(), stranger.privateKey),
  'no signature': () => signed().split('.').slice(0, 2).join('.') + '.',
  'a signature of another assertion': () =>
    [...signed().split('.').slice(0, 2), signed().split('.')[2]].join('.'),
  'a changed payload': () => replacePart(signed(), 1, encodePart(claims({ jti: 'changed' }))),
  'a changed header': () => replacePart(signed(), 0, encodePart({ ...jwt, kid: 'x' })),
  'one changed bit in the signature': () => flipLastSignatureByte(signed()),
  'jku with a genuine signature of the attacker': () =>
    signJws({ ...jwt, jku: 'https://evil.example/jwks.json', kid: 'evil' }, claims(), stranger.privateKey),
  'x5u with a genuine signature of the attacker': () =>
    signJws({ ...jwt, x5u: 'https://evil.example/cert.pem' }, claims(), stranger.privateKey),
  'an embedded jwk with a genuine signature of the attacker': () =>
    signJws({ ...jwt, jwk: stranger.publicKey.export({ format: 'jwk' }) }, claims(), stranger.privateKey),
  'an embedded x5c with a genuine signature of the attacker': () =>
    signJws({ ...jwt, x5c: [stranger.spki.replace(/-----.*-----|\n/g, '')] }, claims(), stranger.privateKey),
  'a kid that is a path': () =>
    signJws({ ...jwt, kid: '../../../../dev/null' }, claims(), ''.padEnd(32), 'HS256'),
  'a kid that is SQL': () => signJws({ ...jwt, kid: "' union select 'x" }, claims(), stranger.privateKey),
  'crit with an unknown extension': () => signed({}, { crit: ['evil'], evil: true }),
  'crit with b64': () => signed({}, { crit: ['b64'], b64: false }),
  'crit empty': () => signed({}, { crit: [] }),
  'typ of an access token': () => signed({}, { typ: 'at+jwt' }),
  'typ of a DPoP proof': () => signed({}, { typ: 'dpop+jwt' }),
  'aud missing': () => signed({ aud: undefined }),
  'aud foreign': () => signed({ aud: 'https://evil.example/identityserver/connect/token' }),
  'aud of our host but another path': () => signed({ aud: ownAudience.replace('/connect/token', '') }),
  'aud with one letter more': () => signed({ aud: `${ownAudience}x` }),
  'aud an array of ours and a foreign one': () => signed({ aud: [ownAudience, 'https://evil.example'] }),
  'aud an array of two of ours': () => signed({ aud: [ownAudience, otherAudience] }),
  'aud an empty array': () => signed({ aud: [] }),
  'aud an object': () => signed({ aud: { [ownAudience]: true } }),
  'exp missing': () => signed({ exp: undefined }),
  'exp text': () => signed({ exp: String(seconds() + 200) }),
  'exp just beyond the skew': () => signed({ exp: seconds() - 60 }),
  'exp yesterday': () => signed({ exp: seconds() - 86_400 }),
  'exp yesterday in milliseconds': () => signed({ exp: clock.now() - 86_400_000 }),
  'exp two hours ahead': () => signed({ exp: seconds() + 7200 }),
  'exp two hours ahead in milliseconds': () => signed({ exp: clock.now() + 7_200_000 }),
  'exp in microseconds': () => signed({ exp: clock.now() * 1000 }),
  'exp of -1': () => signed({ exp: -1 }),
  'nbf in the future': () => signed({ nbf: seconds() + 90 }),
  'iat in the future': () => signed({ iat: seconds() + 90 }),
  'iat text': () => signed({ iat: 'now' }),
  'jti missing': () => signed({ jti: undefined }),
  'jti a number': () => signed({ jti: 1 }),
  'jti empty': () => signed({ jti: '' }),
  'iss and sub differ': () => signed({ sub: 'MyDataHelps.Other' }),
  'sub missing': () => signed({ sub: undefined }),
  'iss missing': () => signed({ iss: undefined }),
  'iss an array': () => signed({ iss: [account.name], sub: [account.name] }),
  'iss of nobody': () => signed({ iss: 'MyDataHelps.Nobody', sub: 'MyDataHelps.Nobody' }),
  'iss in other letters': () => signed({ iss: account.name.toLowerCase(), sub: account.name.toLowerCase() }),
  'iss with a NUL': () => signed({ iss: `${account.name}\0`, sub: `${account.name}\0` }),
  'iss with a lone surrogate': () => signed({ iss: `${account.name}\ud800`, sub: `${account.name}\ud800` }),
  'iss of SQL': () => signed({ iss: "' or '1'='1", sub: "' or '1'='1" }),
  'iss of 10,000 characters': () => signed({ iss: 'a'.repeat(10_000), sub: 'a'.repeat(10_000) }),
  'larger than 16 KiB': () => signed({ padding: 'x'.repeat(16 * 1024) }),
  'claims that are an array': () => signJws(jwt, [claims()], owner.privateKey),
  'claims that are text': () => signJws(jwt, '"text"', owner.privateKey),
  'claims that are null': () => signJws(jwt, 'null', owner.privateKey),
  'claims that are not JSON': () => signJws(jwt, 'iss=me', owner.privateKey),
  'claims that are not UTF-8': () =>
    replacePart(signed(), 1, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url')),
  'a JWT in a JWT': () => signJws({ ...jwt, cty: 'JWT' }, signed(), owner.privateKey),
  'the claims in a claim': () => signJws(jwt, { claims: claims() }, owner.privateKey),
  'an assertion of five parts': () => `${signed()}.AAAA.AAAA`,
  'the JSON serialization': () => {
    const [protectedHeader, payload, signature] = signed().split('.');
    return JSON.stringify({ protected: protectedHeader, payload, signature });
  },
  'standard base64 with padding': () => `${signed()}==`,
  'a space at the end': () => `${signed()} `,
  'a line break inside': () => signed().replace('.', '.\n'),
  garbage: () => 'x',
  'three dots': () => '...',
  'zeros as an ES256 signature': () =>
    `${encodePart({ alg: 'ES256' })}.${encodePart(claims())}.${Buffer.alloc(64).toString('base64url')}`,
};

describe('an assertion that must be refused', () => {
  const reasons = new Set<string>();

  it.each(Object.keys(attacks))('%s', async (name) => {
    const assertion = attacks[name]?.() ?? '';
    const logLines = service.logged.length;
    const answer = await post(assertion);
    // The same bytes for every reason: nobody learns which part was wrong, or who has an account.
    expect([answer.statusCode, answer.body]).toEqual([400, '{"error":"invalid_client"}']);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    const refusal = service.logged.slice(logLines).find((line) => line.includes('client-assertion-refused'));
    reasons.add((JSON.parse(refusal ?? '{}') as { reason?: string }).reason ?? 'none');
  });

  it('is told apart in the log only, which never names an account', () => {
    expect([...reasons].sort()).toEqual(
      [
        'algorithm',
        'audience',
        'claims',
        'critical-header',
        'expired',
        'malformed',
        'not-yet-valid',
        'signature',
      ].concat(['too-large', 'too-long-lived', 'type', 'unknown-account']),
    );
    const log = service.logged.join('');
    expect(log).not.toContain(account.name);
    expect(log).not.toContain('MyDataHelps');
    expect(log).not.toContain(account.projectID);
  });

  it('does not spend the jti when the signature is wrong', async () => {
    const jti = randomUUID();
    expect((await post(signJws(jwt, claims({ jti }), stranger.privateKey))).statusCode).toBe(400);
    expect((await post(signed({ jti }))).statusCode).toBe(200);
  });
});

describe('a replayed assertion', () => {
  it('is refused by the same process, another process, and one that is started later', async () => {
    const another = startAnother();
    const assertion = signed();
    expect((await post(assertion)).statusCode).toBe(200);
    for (const process of [service, another, startAnother()]) {
      const answer = await postToken(process.app, tokenForm(assertion));
      expect([answer.statusCode, answer.body]).toEqual([400, '{"error":"invalid_client"}']);
    }
  });

  it('gives exactly one token when two processes get it twenty times at once', async () => {
    const another = startAnother();
    for (let round = 0; round < 5; round++) {
      const form = tokenForm(signed());
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => postToken((index % 2 === 0 ? service : another).app, form)),
      );
      expect(answers.filter((answer) => answer.statusCode === 200)).toHaveLength(1);
    }
  });

  it('is refused to the last moment at which it would be valid, and as expired afterwards', async () => {
    const own = createFakeClock(clock.now());
    const process = startAccessProcess({ database, clock: own });
    const assertion = signed({ exp: seconds() + 10 });
    expect((await postToken(process.app, tokenForm(assertion))).statusCode).toBe(200);
    own.advance(69_999);
    expect((await postToken(process.app, tokenForm(assertion))).statusCode).toBe(400);
    expect(process.logged.join('')).toContain('"reason":"replayed"');
    own.advance(1);
    expect((await postToken(process.app, tokenForm(assertion))).statusCode).toBe(400);
    expect(process.logged.join('')).toContain('"reason":"expired"');
  });

  it('is none when the first attempt failed inside the service: nothing was spent', async () => {
    const failing: Database = {
      ...database,
      transaction: (work) =>
        database.transaction(async (transaction) => {
          await work(transaction);
          throw new Error('the process dies before the commit');
        }),
    };
    const form = tokenForm(signed());
    const broken = await postToken(startAccessProcess({ database: failing, clock }).app, form);
    expect(broken.statusCode).toBe(500);
    expect(broken.headers['content-type']).toContain('application/problem+json');
    expect((await postToken(service.app, form)).statusCode).toBe(200);
  });

  it('is not mistaken for the same jti of another account', async () => {
    const own = await createAccount(database, stranger);
    const jti = randomUUID();
    expect((await post(signed({ jti }))).statusCode).toBe(200);
    const other = { ...goodClaims(own.name, ownAudience, clock.now()), jti };
    expect((await post(signJws(jwt, other, stranger.privateKey))).statusCode).toBe(200);
  });

  it('is refused when its signature is written in another way', async () => {
    const assertion = signed();
    expect((await post(assertion)).statusCode).toBe(200);
    // The last character of a 2048-bit signature carries two bits that mean nothing.
    const last = assertion.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twin = assertion.slice(0, -1) + (alphabet[alphabet.indexOf(last) ^ 1] ?? '');
    expect((await post(twin)).statusCode).toBe(400);
  });
});

describe('revocation', () => {
  it('refuses assertions of a revoked key at once and goes on with the other key', async () => {
    const [first, second] = [rsaPair(), rsaPair()];
    const own = await createAccount(database, first);
    const change = { projectID: own.projectID, name: own.name, actor: 'command-line:test', now: clock.now() };
    const by = async (pair: TestKeyPair) =>
      (await post(signJws(jwt, goodClaims(own.name, ownAudience, clock.now()), pair.privateKey))).statusCode;
    expect([await by(first), await by(second)]).toEqual([200, 400]);
    const publicKey = await parsePublicKey(second.spki);
    await database.transaction((transaction) =>
      addPublicKey(transaction, { ...change, publicKey, random: systemRandom }),
    );
    expect([await by(first), await by(second)]).toEqual([200, 200]);
    await database.transaction((transaction) =>
      revokePublicKey(transaction, { ...change, thumbprintPrefix: own.thumbprints[0] ?? '' }),
    );
    expect([await by(first), await by(second)]).toEqual([400, 200]);
    await database.transaction((transaction) => revokeServiceAccount(transaction, change));
    expect([await by(first), await by(second)]).toEqual([400, 400]);
  });
});

describe('a request that is no token request', () => {
  const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
  const start = { client_assertion_type: assertionType };

  it.each([
    ['an empty body', '', 'invalid_request'],
    ['no grant_type', form({ ...start, client_assertion: 'x' }), 'invalid_request'],
    ['an empty grant_type', form({ ...start, grant_type: '', client_assertion: 'x' }), 'invalid_request'],
    ['no assertion', form({ ...start, grant_type: 'client_credentials' }), 'invalid_request'],
    [
      'no assertion type',
      form({ client_assertion: 'x', grant_type: 'client_credentials' }),
      'invalid_request',
    ],
    [
      'a repeated field',
      `${form({ ...start, client_assertion: 'x' })}&grant_type=a&grant_type=b`,
      'invalid_request',
    ],
    ['a broken escape', 'grant_type=%zz', 'invalid_request'],
    ['bytes that are not UTF-8', 'grant_type=%ff', 'invalid_request'],
    ['a NUL', 'grant_type=client_credentials%00', 'invalid_request'],
    ['another grant', form({ grant_type: 'authorization_code', code: 'x' }), 'unsupported_grant_type'],
    [
      'the password grant',
      form({ grant_type: 'password', username: 'a', password: 'b' }),
      'unsupported_grant_type',
    ],
    ['a grant in other letters', form({ grant_type: 'CLIENT_CREDENTIALS' }), 'unsupported_grant_type'],
    [
      'another assertion type',
      form({ grant_type: 'client_credentials', client_assertion: 'x', client_assertion_type: 'saml2' }),
      'invalid_client',
    ],
  ])('%s', async (_name, body, error) => {
    const answer = await postToken(service.app, body);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    const told = answer.json<{ error: string; error_description?: string }>();
    expect(told.error).toBe(error);
    expect(told.error_description ?? '').toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/);
  });

  it.each([
    ['JSON', 'application/json', JSON.stringify({ grant_type: 'client_credentials' })],
    ['plain text', 'text/plain', 'grant_type=client_credentials'],
    [
      'a larger body than is read',
      'application/x-www-form-urlencoded',
      `grant_type=${'x'.repeat(64 * 1024)}`,
    ],
  ])('is refused as invalid_request when it is %s', async (_name, contentType, body) => {
    const answer = await postToken(service.app, body, contentType);
    expect([answer.statusCode, answer.json<{ error: string }>().error]).toEqual([400, 'invalid_request']);
  });

  it('is refused without a body or type, and with a query', async () => {
    const bare = await service.app.inject({ method: 'POST', url: tokenPath });
    expect(bare.json()).toMatchObject({ error: 'invalid_request' });
    const queried = await service.app.inject({
      method: 'POST',
      url: `${tokenPath}?grant_type=client_credentials`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: tokenForm(signed()),
    });
    expect(queried.json()).toMatchObject({ error: 'invalid_request' });
  });

  it('is refused for a scope without api, before the assertion is looked at', async () => {
    const assertion = signed();
    for (const scope of ['user/*.read', 'API', 'apis', 'api2 xapi'])
      expect((await post(assertion, { scope })).json()).toEqual({ error: 'invalid_scope' });
    expect((await post(assertion)).statusCode).toBe(200);
  });
});

describe('when the database is away', () => {
  it('answers a problem and not a form of RFC 6749, and says nothing about it', async () => {
    const unreachable = openDatabase({
      target: { url: 'postgres://nobody@127.0.0.1:1/nothing' },
      poolSizeMax: 2,
      applicationName: 'tests',
    });
    const process = startAccessProcess({
      database: unreachable,
      clock,
      limits: { administrative: 10, address: 10 },
    });
    const answer = await postToken(process.app, tokenForm(signed()));
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    await unreachable.close();
  });
});

function replacePart(jws: string, index: number, part: string): string {
  return jws
    .split('.')
    .map((old, position) => (position === index ? part : old))
    .join('.');
}

function flipLastSignatureByte(jws: string): string {
  const signature = Buffer.from(jws.split('.')[2] ?? '', 'base64url');
  signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
  return replacePart(jws, 2, signature.toString('base64url'));
}
