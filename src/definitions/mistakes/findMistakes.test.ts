import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildDefinition, changeDefinition } from '../../../test/builders/definition.ts';
import { createFakeClock } from '../../../test/harness/fakeClock.ts';
import type { NamedDefinition } from '../defineProvider.ts';
import { findConflicts } from './findConflicts.ts';
import { findMistakes } from './findMistakes.ts';
import { loadDefinitions } from '../loadDefinitions.ts';

const clock = createFakeClock(Date.parse('2026-11-22T12:00:00Z'));
const scopes = [{ name: 'sleep', label: 'Your sleep', releases: ['sleep'], ask: 'default' }];
const night = {
  name: 'nights',
  releases: 'sleep',
  method: 'GET',
  url: 'https://a.example.org/',
  paging: { by: 'none' },
  itemsAt: '',
};
const call = { method: 'POST', url: 'https://a.example.org/', authentication: 'bearer' };
const fhir = { versions: ['R4'], resources: [{ type: 'Patient', releases: 'demographics' }], pageSize: 50 };
const vendor = (recognises: unknown) => ({ kind: 'vendor', recognises, delivery: { by: 'fhir', fhir } });

type Case = readonly [changes: Readonly<Record<string, unknown>>, mistake: string | RegExp];

/** Every kind of mistake, with its sentence. */
const cases: Readonly<Record<string, readonly Case[]>> = {
  facts: [
    [{ slug: 'Meadow_1' }, 'slug: the file must be named in camelCase'],
    [{ name: '' }, /^name: must be 1 to 100/],
    [{ name: ' Meadow' }, /^name: must be 1 to 100/],
    [{ name: 'x'.repeat(101) }, /^name: must be 1 to 100/],
    [{ category: 'Gadget' }, 'category: is none of the platform’s'],
    [{ checkedOn: 'yesterday' }, 'checkedOn: must be an ISO date like 2026-11-22'],
    [{ checkedOn: '2026-02-30' }, 'checkedOn: must be an ISO date like 2026-11-22'],
    [{ checkedOn: '2026-11-24' }, 'checkedOn: lies in the future'],
    [{ sources: [] }, 'sources: must not be empty'],
    [{ sources: [''] }, 'sources: must not be empty'],
    [{ 'terms.notes': [' '] }, 'terms.notes: must not be empty'],
    [{ terms: { notes: ['x'], participantsBeforeReview: 0 } }, /^terms.participantsBeforeReview/],
    [
      { uncertain: { 'auth.refresh.graceS': { certainty: 'low', verify: 'x' } } },
      'uncertain: "auth.refresh.graceS" is not a path in this declaration',
    ],
    [
      { uncertain: { name: { certainty: 'high', verify: 'x' } } },
      'uncertain.name: certainty must be medium or low',
    ],
    [{ uncertain: { name: { certainty: 'low', verify: '' } } }, 'uncertain.name: must say what to verify'],
    [{ lifecycle: { state: 'retired', on: 'soon', message: 'x' } }, 'lifecycle.on: must be an ISO date'],
    [
      { lifecycle: { state: 'retired', on: '2026-01-01', message: '' } },
      'lifecycle.message: must not be empty',
    ],
    [{ lifecycle: { state: 'closed', message: '', reason: 'x' } }, 'lifecycle.message: must not be empty'],
    [{ lifecycle: { state: 'closed', message: 'x', reason: '' } }, 'lifecycle.reason: must not be empty'],
    [{ auth: { kind: 'none' } }, 'auth: an open provider must have a way to connect'],
    [{ delivery: undefined }, 'delivery: an open provider must say how data arrive'],
    [{ id: 0 }, 'id: must be a whole number above 0'],
    [{ id: 1.5 }, 'id: must be a whole number above 0'],
    [{ keywords: ['a', ''] }, 'keywords: must not be empty'],
    [{ keywords: ['a', 'a'] }, 'keywords: "a" stands there twice'],
    [
      { successor: 'x', lifecycle: { state: 'retired', on: '2026-01-01', message: 'x' } },
      /^successor: belongs into lifecycle/,
    ],
    [{ delivery: { by: 'fhir', fhir } }, /^fhirBase: is missing/],
    [{ 'auth.kind': 'smart' }, /^fhirBase: is missing/],
    [vendor({}), /^recognises: must say how/],
    [
      vendor({ hosts: ['https://a.example.org'] }),
      /^recognises.hosts: "https:\/\/a.example.org" is not a host name/,
    ],
    [vendor({ hosts: ['A.example.org'] }), /is not a host name in lower case/],
    [
      vendor({ endpointPrefixes: ['https://a.example.org'] }),
      /must begin with https:\/\/ and a whole host name/,
    ],
    [vendor({ publishers: ['A', 'A'] }), 'recognises.publishers: "A" stands there twice'],
  ],
  addresses: [
    [{ 'auth.tokenUrl': 'http://a.example.org/' }, 'auth.tokenUrl: must be https'],
    [{ 'auth.tokenUrl': 'a.example.org/token' }, 'auth.tokenUrl: is not an address'],
    [{ 'auth.tokenUrl': 'https://a.example.org/a b' }, 'auth.tokenUrl: is not an address'],
    [{ 'auth.tokenUrl': 'https://me:pass@a.example.org/' }, 'auth.tokenUrl: must not hold credentials'],
    [{ 'auth.tokenUrl': 'https://a.example.org/#x' }, 'auth.tokenUrl: must not have a fragment'],
    [{ 'auth.tokenUrl': 'https://10.0.0.1/' }, 'auth.tokenUrl: must name a host of the public internet'],
    [{ 'auth.tokenUrl': 'https://localhost/' }, 'auth.tokenUrl: must name a host of the public internet'],
    [{ 'auth.tokenUrl': 'https://{host}/' }, 'auth.tokenUrl: nothing fills in {host}'],
    [
      { 'delivery.resources.0.headers': { key: '{KEY}' } },
      'delivery.resources.0.headers.key: nothing fills in {KEY}',
    ],
    [
      { 'delivery.resources.0.url': 'https://a.example.org/{itemID}' },
      'delivery.resources.0.url: nothing fills in {itemID}',
    ],
    [
      { 'auth.afterConnect': [{ ...call, json: { deep: [{ er: '{person}' }] } }] },
      'auth.afterConnect.0.json.deep.0.er: nothing fills in {person}',
    ],
    [{ fhirBase: 'http://a.example.org/' }, 'fhirBase: must be https'],
    [
      {
        'delivery.webhook.authentication': {
          by: 'hook',
          header: 'x',
          keysetUrl: 'ftp://a.example.org/',
          authorizationSecret: true,
        },
      },
      'delivery.webhook.authentication.keysetUrl: must be https',
    ],
    [{ regions: { default: 'a', values: { b: { host: 'x' } } } }, 'regions.default: there is no region "a"'],
    [
      { regions: { default: 'a', values: { a: { host: 'x' }, b: {} } } },
      'regions.values.b: must have the same variables as a',
    ],
    [{ regions: { default: 'a', values: { a: { host: '' } } } }, 'regions.values.a: must not be empty'],
    [
      { regions: { default: 'a', values: { a: { userID: 'x' } } } },
      'regions.values.a.userID: the name means something else',
    ],
    [
      {
        regions: { default: 'a', values: { a: { host: 'a.example.org' }, b: { host: 'u@b.example.org' } } },
        'auth.tokenUrl': 'https://{host}/t',
      },
      'auth.tokenUrl: must not hold credentials',
    ],
    [
      { settings: { CLIENT_ID: { description: 'x', example: 'x' } } },
      'settings.CLIENT_ID: the name means something else',
    ],
    [
      { settings: { KEY_FILE: { description: 'x', example: 'x' } } },
      'settings.KEY_FILE: the name means something else',
    ],
    [{ settings: { key: { description: 'x', example: 'x' } } }, 'settings.key: must be written LIKE_THIS'],
    [{ settings: { KEY: { description: '', example: 'x' } } }, 'settings.KEY.description: must not be empty'],
    [{ settings: { KEY: { description: 'x', example: '' } } }, 'settings.KEY.example: must not be empty'],
    [
      {
        settings: { A_URL: { description: 'x', example: 'http://a.example.org' } },
        'auth.tokenUrl': '{A_URL}',
      },
      'auth.tokenUrl: must be https',
    ],
  ],
  'scopes and calls': [
    [{ 'auth.scopes': [...scopes, ...scopes] }, 'auth.scopes: "sleep" stands there twice'],
    [{ 'auth.scopes.0.alsoNamed': ['person'] }, 'auth.scopes: "person" stands there twice'],
    [{ 'auth.scopes.0.includes': ['nothing'] }, 'auth.scopes.0.includes: "nothing" is not another scope'],
    [{ 'auth.scopes.0.includes': ['sleep'] }, 'auth.scopes.0.includes: "sleep" is not another scope'],
    [{ 'auth.scopes.0.name': '' }, 'auth.scopes.0.name: must not be empty or have outer spaces'],
    [
      { 'auth.scopes.0.name': 'a b' },
      'auth.scopes.0.name: "a b" holds the separator and would be taken apart',
    ],
    [{ 'auth.scopes.0.name': 'a,b', 'auth.scopeSeparator': ',' }, /"a,b" holds the separator/],
    [{ 'auth.scopes.0.alsoNamed': ['a b'] }, /"a b" holds the separator/],
    [{ 'auth.scopes.0.label': '' }, 'auth.scopes.0.label: must be 1 to 200 characters'],
    [{ 'auth.scopes.0.label': 'x'.repeat(201) }, 'auth.scopes.0.label: must be 1 to 200 characters'],
    [{ 'auth.scopes.0.releases': [] }, 'auth.scopes.0.releases: must not be empty'],
    [{ 'auth.scopes.0.releases': ['dreams'] }, 'auth.scopes.0.releases: "dreams" is not a type of data'],
    [{ 'auth.scopes.0.releases': ['sleep', 'sleep'] }, 'auth.scopes.0.releases: "sleep" stands there twice'],
    [
      { 'auth.scopes': [{ ...scopes[0], ask: 'never' }], 'auth.userID.0.needsScope': undefined },
      'auth.scopes: one scope at least must be asked for',
    ],
    [
      { 'auth.grantedScopes': { from: 'token-answer', keepPrefix: 'x/' } },
      /"sleep" would never count as granted: it does not begin/,
    ],
    [
      { 'auth.grantedScopes': { from: 'token-answer', stripPrefix: 'sl' } },
      /"sleep" would never count as granted: stripPrefix/,
    ],
    [
      { 'auth.pkce': 'ignored', 'auth.clientAuthentication': [{ method: 'none' }] },
      /^auth.pkce: a client without a secret/,
    ],
    [
      { 'auth.clientAuthentication': [{ method: 'none' }, { method: 'none' }] },
      'auth.clientAuthentication: "none" stands there twice',
    ],
    [{ 'auth.codeLifetimeS': 0 }, 'auth.codeLifetimeS: must be a whole number above 0'],
    [{ 'auth.stateLengthMin': 44 }, 'auth.stateLengthMin: must be a whole number from 1 to 43'],
    [{ 'auth.userID.0.needsScope': 'nobody' }, 'auth.userID.0.needsScope: "nobody" is not a scope'],
    [{ 'auth.userID': [{ from: 'token-answer', field: '' }] }, 'auth.userID.0.field: must not be empty'],
    [
      { 'auth.userID': [{ from: 'access-token-claim', claim: '' }] },
      'auth.userID.0.claim: must not be empty',
    ],
    [{ 'auth.userID': [{ from: 'first-data', path: '' }] }, 'auth.userID.0.path: must not be empty'],
    [{ 'auth.userID': [{ from: 'id-token', claim: '' }] }, 'auth.userID.0.claim: must not be empty'],
    [{ 'auth.userID': [] }, 'auth.userID: must name a source'],
    [
      { 'auth.refresh.grantEnds': { from: 'consent', afterS: 0 } },
      'auth.refresh.grantEnds.afterS: must be a whole number above 0',
    ],
    [
      { 'auth.refresh.minimumIntervalS': 86_400 },
      "auth.refresh.minimumIntervalS: must be less than the refresh token's lifetime",
    ],
    [
      { errors: [{ phases: ['data'], status: 401, verdict: 'unauthorized' }] },
      'errors.0: a status alone does not end a grant that can be renewed',
    ],
    [
      {
        'auth.userID': [
          { from: 'first-data', path: 'x' },
          { from: 'token-answer', field: 'x' },
        ],
      },
      'auth.userID.0: what comes after the first data is never asked',
    ],
    [
      {
        'auth.userID': [
          { from: 'token-answer', field: 'x' },
          { from: 'token-answer', field: 'x' },
        ],
      },
      'auth.userID: "{"from":"token-answer","field":"x"}" stands there twice',
    ],
    [
      { 'auth.afterConnect': [{ ...call, needsScope: 'x' }] },
      'auth.afterConnect.0.needsScope: "x" is not a scope',
    ],
    [
      { 'auth.revoke': { by: 'participant', instructions: '' } },
      'auth.revoke.instructions: must not be empty',
    ],
    [
      { 'auth.refresh': { policy: 'none', accessTokenLifetimeS: 60 } },
      'auth.revoke.token: there is no refresh token to give back',
    ],
    [
      { 'auth.grantsPer': 'consent', 'auth.revoke.token': 'none', 'auth.revoke.tokenIn': undefined },
      'auth.grantsPer: a call that names the person ends more than one consent',
    ],
    [{ 'auth.revoke.tokenIn': undefined }, /^auth.revoke.tokenIn: must say where/],
    [{ 'auth.revoke.token': 'none' }, /^auth.revoke.tokenIn: must say where/],
    [{ 'auth.revoke.authentication': 'bearer' }, 'auth.revoke.tokenIn: the token is the bearer already'],
    [{ 'auth.revoke.authentication': 'hook' }, /^auth.revoke: "hook" authentication and a sign function/],
    [
      { 'auth.afterConnect': [{ ...call, authentication: 'service-account' }] },
      /^auth.afterConnect.0: "service-account"/,
    ],
    [
      {
        'delivery.appSubscription': {
          create: {
            ...call,
            authentication: 'service-account',
            serviceAccount: { keySetting: 'KEY', scope: 'x' },
          },
        },
      },
      'delivery.appSubscription.create.serviceAccount.keySetting: "KEY" is not a setting',
    ],
  ],
  refresh: [
    [
      { 'auth.refresh.accessTokenLifetimeS': 0 },
      'auth.refresh.accessTokenLifetimeS: must be a whole number above 0',
    ],
    [{ 'auth.refresh.accessTokenLifetimeS': 86_400 }, /^auth.refresh.accessTokenLifetimeS: must be less/],
    [{ 'auth.refresh.keepAliveEveryS': 86_400 }, /^auth.refresh.keepAliveEveryS: must be less/],
    [{ 'auth.refresh.refreshEarlyS': 3_600 }, /^auth.refresh.refreshEarlyS: must be less/],
    [{ 'auth.refresh.policy': 'grace', 'auth.refresh.graceS': 86_400 }, /^auth.refresh.graceS: must be less/],
    [
      { 'auth.refresh.policy': 'until-first-use', 'auth.refresh.graceS': 86_400 },
      /^auth.refresh.graceS: must be less/,
    ],
    [{ 'auth.refresh.repeatsForS': 86_400 }, /^auth.refresh.repeatsForS: must be less/],
    [
      { 'auth.refresh.policy': 'extends-in-place', 'auth.refresh.extendsByS': -1 },
      'auth.refresh.extendsByS: must be a whole number above 0',
    ],
    ...['refreshTokenLifetimeS', 'keepAliveEveryS', 'grantEnds', 'graceS', 'extendsByS'].map((name): Case => [
      {
        'auth.refresh': { policy: 'none', accessTokenLifetimeS: 60, [name]: 1 },
        'auth.revoke': { by: 'discovery' },
      },
      `auth.refresh.${name}: there is no refresh token`,
    ]),
  ],
  'rules for failures': [
    [{ errors: [{ verdict: 'failed' }] }, /^errors.0: has no condition/],
    [{ errors: [{ phases: ['data'], verdict: 'failed' }] }, /^errors.0: has no condition/],
    [{ errors: [{ status: 400, verdict: 'shrug' }] }, 'errors.0.verdict: "shrug" is not a verdict'],
    [{ errors: [{ status: 99, verdict: 'failed' }] }, 'errors.0.status: 99 is not a status'],
    [{ errors: [{ status: [400, 600], verdict: 'failed' }] }, 'errors.0.status: 600 is not a status'],
    [
      { errors: [{ status: 400, phases: ['life'], verdict: 'failed' }] },
      'errors.0.phases: "life" is not a phase',
    ],
    [
      { errors: [{ body: { path: '', in: [1] }, verdict: 'failed' }] },
      'errors.0: the path of a field must not be empty',
    ],
    [
      { errors: [{ bodyNot: { path: '', in: [] }, verdict: 'failed' }] },
      'errors.0: the path of a field must not be empty',
    ],
    [
      { errors: [{ status: 400, times: 0, verdict: 'failed' }] },
      'errors.0.times: must be a whole number above 0',
    ],
    [
      {
        errors: [
          { status: 400, verdict: 'failed' },
          { status: 400, verdict: 'no-data' },
        ],
      },
      /^errors.1: an earlier rule/,
    ],
    [
      { errors: [{ body: { path: 'error', in: ['invalid_client'] }, verdict: 'unauthorized' }] },
      /^errors: invalid_client must never be called unauthorized \(token\)/,
    ],
    [
      {
        errors: [{ phases: ['data'], times: 3, bodyNot: { path: 'error', in: [] }, verdict: 'unauthorized' }],
      },
      /^errors: invalid_client must never be called unauthorized \(data\)/,
    ],
  ],
  delivery: [
    [{ rateLimits: [{ counts: 'application', requests: 0, windowS: 1 }] }, /^rateLimits.0: numbers/],
    [{ rateLimits: [{ counts: 'application', requests: 1, windowS: 0.5 }] }, /^rateLimits.0: numbers/],
    [{ 'delivery.resources': [night, night] }, 'delivery.resources: "nights" stands there twice'],
    [{ 'delivery.resources.0.name': '' }, 'delivery.resources.0.name: must not be empty'],
    [
      { 'delivery.resources.0.releases': 'dreams' },
      'delivery.resources.0.releases: "dreams" is not a type of data',
    ],
    [
      { 'delivery.resources.0.needsScope': 'dreams' },
      'delivery.resources.0.needsScope: "dreams" is not a scope',
    ],
    [
      { 'delivery.resources.0.forEach': 'dreams' },
      'delivery.resources.0.forEach: "dreams" is not another resource',
    ],
    [
      { 'delivery.resources.0.range.daysMax': 0 },
      'delivery.resources.0: daysMax must be a whole number above 0',
    ],
    [
      { 'delivery.resources.0.minimumIntervalS': -1 },
      'delivery.resources.0: minimumIntervalS must be a whole number above 0',
    ],
    [
      { 'delivery.resources.0.range.format': 'aip-160' },
      'delivery.resources.0.range: "aip-160" and a field belong together',
    ],
    [
      { 'delivery.resources.0.range.field': 'start' },
      'delivery.resources.0.range: "aip-160" and a field belong together',
    ],
    [{ 'delivery.webhook.userIDAt': '' }, 'delivery.webhook.userIDAt: must not be empty'],
    [{ 'delivery.webhook.deadlineS': 0 }, 'delivery.webhook.deadlineS: must be above 0'],
    [
      { 'delivery.webhook.events.0.resources': ['days'] },
      'delivery.webhook.events.0.resources: "days" is not a resource',
    ],
    [
      {
        'delivery.webhook.events': [
          { means: 'data', when: [] },
          { means: 'ignored', when: [] },
        ],
      },
      /^delivery.webhook.events.0: fits every event/,
    ],
    [
      { 'delivery.webhook.callback': { path: 'x', hosts: ['https://x'] } },
      /^delivery.webhook.callback.hosts: "https:\/\/x"/,
    ],
    [
      { 'delivery.webhook.authentication.message': 'timestamp-dot-body' },
      /^delivery.webhook.authentication.timestamp/,
    ],
    [{ 'delivery.webhook.authentication.header': 'X-Signature' }, /^delivery.webhook.authentication.header/],
    [
      { 'delivery.appSubscription': { create: call, renew: { call, everyDays: 0 } } },
      /^delivery.appSubscription.renew.everyDays/,
    ],
    [
      { 'delivery.backfill': { call, range: { from: 'a', format: 'ymd' }, needsScope: 'x' } },
      'delivery.backfill.needsScope: "x" is not a scope',
    ],
    [
      { 'delivery.backfill': { call, range: { from: 'a', format: 'ymd' }, except: ['x'] } },
      'delivery.backfill.except: "x" is not a resource',
    ],
    [{ 'delivery.fhir': { ...fhir, pageSize: 0 } }, 'delivery.fhir.pageSize: must be a whole number above 0'],
    [
      { 'delivery.fhir': { ...fhir, lastUpdatedSince: 'x' } },
      'delivery.fhir.lastUpdatedSince: must be an ISO date',
    ],
    [
      { 'delivery.fhir': { ...fhir, resources: [{ type: 'patient', releases: 'demographics' }] } },
      'delivery.fhir.resources.0.type: is no type of FHIR',
    ],
    [
      { 'delivery.fhir': { ...fhir, resources: [{ type: 'Patient', releases: 'x' }] } },
      'delivery.fhir.resources.0.releases: "x" is not a type of data',
    ],
    [
      {
        'delivery.fhir': {
          ...fhir,
          resources: [
            { type: 'Patient', releases: 'demographics', byReference: true, searches: [{ a: 'b' }] },
          ],
        },
      },
      'delivery.fhir.resources.0.searches: it is read by reference only',
    ],
    [
      {
        'delivery.fhir': {
          ...fhir,
          resources: [{ type: 'Patient', releases: 'demographics', versions: ['DSTU2'] }],
        },
      },
      'delivery.fhir.resources.0.versions: the servers have no DSTU2',
    ],
    [
      { 'delivery.fhir': { ...fhir, resources: [...fhir.resources, ...fhir.resources] } },
      /^delivery.fhir.resources: .*Patient.* stands there twice/,
    ],
  ],
};

describe('findMistakes', () => {
  it('finds none in definitions that can be used', () => {
    const fine: readonly Readonly<Record<string, unknown>>[] = [
      {},
      { checkedOn: '2026-11-23' },
      {
        uncertain: {
          'auth.scopes.1.name': { certainty: 'low', verify: 'x' },
          errors: { certainty: 'medium', verify: 'y' },
        },
      },
      {
        regions: { default: 'a', values: { a: { host: 'a.example.org' }, b: { host: 'b.example.org' } } },
        'auth.tokenUrl': 'https://{host}/t',
      },
      {
        settings: { A_URL: { description: 'x', example: 'https://a.example.org/x' } },
        'auth.tokenUrl': '{A_URL}',
      },
      { 'auth.scopes.0.label': 'Braces in {prose} mean nothing' },
      { 'delivery.resources.0.itemUrl': 'https://a.example.org/{itemID}?for={userID}' },
      {
        'delivery.resources.0.range': { place: 'address', from: 'a', to: 'b', format: 'ymd' },
        'delivery.resources.0.url': 'https://x.example.org/{a}/{b}',
      },
      {
        'auth.afterConnect': [
          { ...call, form: { nonce: '{nonce}' }, firstAsk: { call, variable: 'nonce', path: 'x' } },
        ],
      },
      {
        'delivery.backfill': {
          call: { ...call, url: 'https://a.example.org/{resource}' },
          range: { from: 'a', format: 'ymd' },
        },
      },
      {
        'auth.refresh': { policy: 'none', accessTokenLifetimeS: 'unknown' },
        'auth.revoke': { by: 'discovery' },
      },
      { 'auth.refresh.refreshTokenLifetimeS': 'unlimited', 'auth.refresh.accessTokenLifetimeS': 31_536_000 },
      {
        lifecycle: { state: 'closed', message: 'x', reason: 'y' },
        auth: { kind: 'none' },
        delivery: undefined,
      },
      vendor({ hosts: ['*.example.org'] }),
      vendor({ everythingElse: true }),
    ];
    for (const changes of fine)
      expect(
        findMistakes(changeDefinition(buildDefinition(), changes), clock),
        JSON.stringify(changes),
      ).toEqual([]);
  });

  for (const [part, list] of Object.entries(cases))
    describe(`in ${part}`, () => {
      for (const [changes, mistake] of list)
        it(`tells of ${JSON.stringify(changes).slice(0, 100)}`, () => {
          const mistakes = findMistakes(changeDefinition(buildDefinition(), changes), clock);
          expect(mistakes).toContainEqual(
            typeof mistake === 'string' ? mistake : expect.stringMatching(mistake),
          );
        });
    });
});

describe('findConflicts', () => {
  const conflictsOf = (...changes: Readonly<Record<string, unknown>>[]) => {
    const all = changes.map((change, index) =>
      changeDefinition(buildDefinition({ slug: `p${'abc'[index]}`, name: `P${index}` }), change),
    );
    return findConflicts(new Map(all.map((one): [string, NamedDefinition] => [one.slug, one])));
  };
  const retired = (successor: string) => ({
    lifecycle: { state: 'retired', on: '2026-01-01', message: 'x', successor },
  });

  it('finds none between definitions that differ', () => {
    expect(conflictsOf({ id: 1 }, { id: 2, ...retired('pa') }, vendor({ hosts: ['*.example.org'] }))).toEqual(
      [],
    );
  });

  const conflicts: readonly (readonly [Readonly<Record<string, unknown>>[], string])[] = [
    [[{ name: 'Same' }, { name: 'SAME' }], 'pa and pb both have the name "same"'],
    [[{ id: 7 }, { id: 7 }], 'pa and pb both have the number "7"'],
    [
      [
        { slug: 'google', settings: { HEALTH_CLIENT_ID: { description: 'x', example: 'x' } } },
        { slug: 'googleHealth' },
      ],
      'google and googleHealth both have the setting "TRIBUTARY_PROVIDER_GOOGLE_HEALTH_CLIENT_ID"',
    ],
    [
      [vendor({ hosts: ['a.org'] }), vendor({ hosts: ['b.org', 'a.org'] })],
      'pa and pb both have the host "a.org"',
    ],
    [
      [vendor({ endpointPrefixes: ['https://a.org/x'] }), vendor({ endpointPrefixes: ['https://a.org/x'] })],
      'pa and pb both have the endpoint prefix "https://a.org/x"',
    ],
    [[vendor({ publishers: ['A'] }), vendor({ publishers: ['A'] })], 'pa and pb both have the publisher "A"'],
    [
      [vendor({ everythingElse: true }), vendor({ everythingElse: true })],
      'pa and pb both have everything else of the category "Device Manufacturer"',
    ],
    [[retired('gone')], 'pa: its successor "gone" does not exist'],
    [[{ successor: 'gone' }], 'pa: its successor "gone" does not exist'],
    [[{ successor: 'pb' }, vendor({ everythingElse: true })], 'pa: its successor "pb" is no single provider'],
    [
      [{ successor: 'pb' }, { lifecycle: { state: 'closed', message: 'x', reason: 'x' } }],
      'pa: its successor "pb" cannot be connected',
    ],
    [[{ successor: 'pa' }], 'pa: its successors lead back to itself'],
    [[retired('pb'), retired('pc'), { successor: 'pa' }], 'pc: its successors lead back to itself'],
  ];
  for (const [changes, conflict] of conflicts)
    it(`tells that ${conflict}`, () => expect(conflictsOf(...changes)).toContain(conflict));
});

describe('loadDefinitions', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-definitions-'));
    const write = (slug: string, changes: Readonly<Record<string, unknown>>) => {
      const definition = changeDefinition(buildDefinition({ name: slug }), { slug: undefined, ...changes });
      return writeFile(join(folder, `${slug}.js`), `export const provider = ${JSON.stringify(definition)};`);
    };
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await write('fine', {});
    await write('oneWrong', { checkedOn: '2030-01-01', 'auth.tokenUrl': 'http://a.example.org/' });
    await write('otherWrong', { successor: 'nobody' });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('refuses the whole folder with every mistake of every file', async () => {
    const refusal: unknown = await loadDefinitions(folder, clock).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Error);
    expect((refusal as Error).message.split('\n')).toEqual([
      'Providers are declared wrongly:',
      '  oneWrong: checkedOn: lies in the future',
      '  oneWrong: auth.tokenUrl: must be https',
      '  otherWrong: its successor "nobody" does not exist',
    ]);
  });

  it('gives what is right, by the names of the files', async () => {
    await rm(join(folder, 'oneWrong.js'));
    await rm(join(folder, 'otherWrong.js'));
    const loaded = await loadDefinitions(folder, clock);
    expect([...loaded.keys()]).toEqual(['fine']);
    expect(loaded.get('fine')).toMatchObject({ slug: 'fine', name: 'fine' });
  });
});
