import { createHash, createHmac } from 'node:crypto';
import { UnsecuredJWT } from 'jose';
import type { AuthorizationServerFacts } from '../../src/oauth/connection.ts';
import type { ProviderAnswer } from '../../src/platform/outbound/providerFetch.ts';
import { answerWith } from './scriptedDoor.ts';

/** A request as a vendor sees it, without what all of them have in common. */
export interface SeenRequest {
  readonly call: string;
  readonly authorization?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

interface Exchange {
  readonly request: SeenRequest;
  readonly answer: ProviderAnswer;
}

/** What one vendor documents, and the grant that has to come of it. */
export interface Expectation {
  readonly region?: string;
  readonly authorize: string;
  /** Parameters beside the standard's. */
  readonly asks: Readonly<Record<string, string>>;
  readonly askedScopes: readonly string[];
  /** Parameters of the redirect beside `code` and `state`. */
  readonly redirect?: Readonly<Record<string, string>>;
  readonly token: {
    readonly url: string;
    readonly by: 'basic' | 'post' | 'query' | 'none' | 'jwt';
    readonly extra?: Readonly<Record<string, string>>;
    readonly accept?: string;
  };
  readonly answer: ProviderAnswer;
  readonly calls?: readonly Exchange[];
  readonly grant: object;
  /** Left out where the participant ends it herself. */
  readonly revoke?: readonly Exchange[];
}

/** Characters that have a meaning in headers and queries. */
export const clientID = 'client/1.a';
export const clientSecret = 's3cr3t:/+ %';
export const basic = `Basic ${Buffer.from('client%2F1.a:s3cr3t%3A%2F%2B+%25').toString('base64')}`;

export const journeyStart = Date.parse('2026-05-04T03:02:01.500Z');
export const journey = {
  redirectUri: 'https://accounts.example.org/connect/callback/1/6327',
  state: 'a-state-of-forty-three-characters-0123456789',
  codeVerifier: 'a-verifier-of-at-least-forty-three-characters-0123',
  nonce: 'a-nonce',
};
export const challenge = createHash('sha256').update(journey.codeVerifier).digest('base64url');

/** Seconds after the token request was sent. */
const after = (seconds: number) => journeyStart + seconds * 1_000;
const nowS = String(Math.floor(journeyStart / 1_000));

const client = { client_id: clientID, client_secret: clientSecret };
const bearer = 'Bearer acc3ss';
const tokens = { access_token: 'acc3ss', refresh_token: 'r3fresh', token_type: 'Bearer' };
const granted = { accessToken: 'acc3ss', refreshToken: 'r3fresh' };
const { refresh_token: _refresh, ...onlyAccess } = tokens;

function once(request: SeenRequest, status = 200, body: unknown = ''): readonly Exchange[] {
  return [{ request, answer: answerWith(status, body) }];
}

function jwt(claims: Record<string, unknown>): string {
  return new UnsecuredJWT(claims).encode();
}

function sign(...values: readonly string[]): string {
  return createHmac('sha256', clientSecret).update(values.join(',')).digest('hex');
}

const google = 'https://www.googleapis.com/auth/googlehealth.';
const googleScopes = [
  `${google}activity_and_fitness.readonly`,
  `${google}health_metrics_and_measurements.readonly`,
  `${google}sleep.readonly`,
];
const fitbitScopes =
  'activity heartrate sleep oxygen_saturation respiratory_rate temperature cardio_fitness electrocardiogram weight nutrition profile settings';
const whoopScopes = 'offline read:profile read:cycles read:recovery read:sleep read:workout';
const iHealth = 'https://api.ihealthlabs.com:8443/OpenApiV2/OAuthv2/userauthorization/';
const iHealthScopes = 'OpenApiBP OpenApiWeight OpenApiBG OpenApiSpO2 OpenApiActivity OpenApiSleep';
const omronScopes = 'bloodpressure activity weight temperature openid offline_access';
const suuntoToken = jwt({ user: 'mary', sub: '1' });
const omronToken = jwt({ sub: 'om-1' });

function asks(scope: string, separator: ' ' | ',' = ' ') {
  return { asks: { scope }, askedScopes: scope.split(separator) };
}

const makers: Readonly<Record<string, Expectation>> = {
  fitbit: {
    authorize: 'https://www.fitbit.com/oauth2/authorize',
    ...asks(fitbitScopes),
    token: { url: 'https://api.fitbit.com/oauth2/token', by: 'basic' },
    answer: answerWith(200, { ...tokens, expires_in: 28_800, scope: 'sleep activity', user_id: '2ABCDE' }),
    calls: once(
      { call: 'POST https://api.fitbit.com/1/user/-/apiSubscriptions/4711.json', authorization: bearer },
      201,
    ),
    grant: {
      ...granted,
      accessExpiresAt: after(28_800),
      scopes: ['sleep', 'activity'],
      userID: '2ABCDE',
    },
    revoke: once({
      call: 'POST https://api.fitbit.com/oauth2/revoke',
      authorization: basic,
      form: { token: 'r3fresh' },
    }),
  },
  googleHealth: {
    authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
    asks: { scope: googleScopes.join(' '), access_type: 'offline', prompt: 'consent' },
    askedScopes: googleScopes,
    redirect: { iss: 'https://accounts.google.com', scope: `${google}sleep.readonly`, authuser: '0' },
    token: { url: 'https://oauth2.googleapis.com/token', by: 'post' },
    // Scopes of other products of Google may be among them.
    answer: answerWith(200, {
      ...tokens,
      expires_in: 3599,
      scope: `openid ${google}sleep.readonly https://www.googleapis.com/auth/userinfo.email`,
    }),
    calls: once(
      { call: 'GET https://health.googleapis.com/v4/users/me/identity', authorization: bearer },
      200,
      { name: 'users/me/identity', healthUserId: 'hu-1', legacyUserId: '2ABCDE' },
    ),
    grant: {
      ...granted,
      accessExpiresAt: after(3599),
      refreshExpiresAt: after(15_552_000),
      scopes: [`${google}sleep.readonly`],
      userID: 'hu-1',
      predecessorUserID: '2ABCDE',
    },
    revoke: once({ call: 'POST https://oauth2.googleapis.com/revoke?token=r3fresh' }),
  },
  garmin: {
    authorize: 'https://connect.garmin.com/oauth2Confirm',
    asks: {},
    askedScopes: [],
    token: { url: 'https://diauth.garmin.com/di-oauth2-service/oauth/token', by: 'post' },
    // The scope here is the same for everybody, and no permission.
    answer: answerWith(200, {
      ...tokens,
      expires_in: 86_400,
      scope: 'PARTNER_WRITE PARTNER_READ CONNECT_READ CONNECT_WRITE',
      refresh_token_expires_in: 7_775_998,
    }),
    calls: [
      ...once(
        {
          call: 'GET https://apis.garmin.com/wellness-api/rest/user/permissions',
          authorization: bearer,
        },
        200,
        ['ACTIVITY_EXPORT', 'HEALTH_EXPORT'],
      ),
      ...once({ call: 'GET https://apis.garmin.com/wellness-api/rest/user/id', authorization: bearer }, 200, {
        userId: 'd3315b1072421d0dd7c8f6b8e1de4df8',
      }),
    ],
    grant: {
      ...granted,
      accessExpiresAt: after(86_400),
      refreshExpiresAt: after(7_775_998),
      scopes: ['ACTIVITY_EXPORT', 'HEALTH_EXPORT'],
      userID: 'd3315b1072421d0dd7c8f6b8e1de4df8',
    },
    revoke: once(
      { call: 'DELETE https://apis.garmin.com/wellness-api/rest/user/registration', authorization: bearer },
      204,
    ),
  },
  withings: {
    authorize: 'https://account.withings.com/oauth2_user/authorize2',
    ...asks('user.info,user.metrics,user.activity', ','),
    token: { url: 'https://wbsapi.withings.net/v2/oauth2', by: 'post', extra: { action: 'requesttoken' } },
    answer: answerWith(200, {
      status: 0,
      body: { ...tokens, userid: 363, expires_in: 10_800, scope: 'user.info,user.metrics', csrf_token: 'x' },
    }),
    grant: {
      ...granted,
      accessExpiresAt: after(10_800),
      refreshExpiresAt: after(31_536_000),
      scopes: ['user.info', 'user.metrics'],
      userID: '363',
    },
    revoke: [
      ...once(
        {
          call: 'POST https://wbsapi.withings.net/v2/signature',
          form: {
            action: 'getnonce',
            timestamp: nowS,
            client_id: clientID,
            signature: sign('getnonce', clientID, nowS),
          },
        },
        200,
        { status: 0, body: { nonce: 'n0nce' } },
      ),
      ...once(
        {
          call: 'POST https://wbsapi.withings.net/v2/oauth2',
          form: {
            action: 'revoke',
            userid: 'u/1',
            nonce: 'n0nce',
            client_id: clientID,
            signature: sign('revoke', clientID, 'n0nce'),
          },
        },
        200,
        { status: 0, body: {} },
      ),
    ],
  },
  oura: {
    authorize: 'https://cloud.ouraring.com/oauth/authorize',
    ...asks('personal daily heartrate workout spo2'),
    redirect: { scope: 'extapi:personal extapi:daily' },
    token: { url: 'https://api.ouraring.com/oauth/token', by: 'post' },
    answer: answerWith(200, {
      ...tokens,
      expires_in: 86_400,
      scope: 'extapi:personal extapi:daily extapi:spo2Daily',
    }),
    calls: once(
      { call: 'GET https://api.ouraring.com/v2/usercollection/personal_info', authorization: bearer },
      200,
      { id: '8f9a5221-639e-4a85-81cb-4065ef23f979', age: 31 },
    ),
    grant: {
      ...granted,
      accessExpiresAt: after(86_400),
      scopes: ['personal', 'daily', 'spo2Daily'],
      userID: '8f9a5221-639e-4a85-81cb-4065ef23f979',
    },
    revoke: once({ call: 'POST https://api.ouraring.com/oauth/revoke?access_token=acc3ss' }),
  },
  polar: {
    authorize: 'https://flow.polar.com/oauth2/authorization',
    ...asks('accesslink.read_all'),
    token: {
      url: 'https://polarremote.com/v2/oauth2/token',
      by: 'basic',
      accept: 'application/json;charset=UTF-8',
    },
    answer: answerWith(200, { ...onlyAccess, expires_in: 315_359_999, x_user_id: 10_579 }),
    // Registered before.
    calls: once(
      {
        call: 'POST https://www.polaraccesslink.com/v3/users',
        authorization: bearer,
        json: { 'member-id': '4711' },
      },
      409,
      { error: 'conflict' },
    ),
    grant: {
      accessToken: 'acc3ss',
      accessExpiresAt: after(315_359_999),
      scopes: ['accesslink.read_all'],
      userID: '10579',
    },
    revoke: once(
      { call: 'DELETE https://www.polaraccesslink.com/v3/users/u%2F1', authorization: bearer },
      204,
    ),
  },
  dexcom: {
    region: 'outside-us',
    authorize: 'https://api.dexcom.eu/v2/oauth2/login',
    ...asks('offline_access'),
    token: { url: 'https://api.dexcom.eu/v2/oauth2/token', by: 'post' },
    answer: answerWith(200, { ...tokens, expires_in: 7200 }),
    grant: { ...granted, accessExpiresAt: after(7200), scopes: ['offline_access'] },
  },
  whoop: {
    authorize: 'https://api.prod.whoop.com/oauth/oauth2/auth',
    ...asks(whoopScopes),
    token: { url: 'https://api.prod.whoop.com/oauth/oauth2/token', by: 'post' },
    answer: answerWith(200, {
      ...tokens,
      token_type: 'bearer',
      expires_in: 3600,
      scope: 'offline read:profile read:sleep',
    }),
    calls: once(
      {
        call: 'GET https://api.prod.whoop.com/developer/v2/user/profile/basic',
        authorization: bearer,
      },
      200,
      { user_id: 10_129, email: 'a@example.org' },
    ),
    grant: {
      ...granted,
      accessExpiresAt: after(3600),
      scopes: ['offline', 'read:profile', 'read:sleep'],
      userID: '10129',
    },
    revoke: once(
      { call: 'DELETE https://api.prod.whoop.com/developer/v2/user/access', authorization: bearer },
      204,
    ),
  },
  strava: {
    authorize: 'https://www.strava.com/oauth/authorize',
    asks: { scope: 'read,activity:read', approval_prompt: 'auto' },
    askedScopes: ['read', 'activity:read'],
    redirect: { scope: 'read,activity:read_all' },
    token: { url: 'https://www.strava.com/oauth/token', by: 'post' },
    answer: answerWith(200, {
      ...tokens,
      expires_at: 1,
      expires_in: 21_600,
      athlete: { id: 134_815, username: 'mary' },
    }),
    grant: {
      ...granted,
      accessExpiresAt: after(21_600),
      scopes: ['read', 'activity:read_all'],
      userID: '134815',
    },
    revoke: once({
      call: 'POST https://www.strava.com/oauth/revoke',
      authorization: basic,
      form: { token: 'r3fresh', token_type_hint: 'refresh_token' },
    }),
  },
  suunto: {
    authorize: 'https://cloudapi-oauth.suunto.com/oauth/authorize',
    ...asks('workout'),
    token: { url: 'https://cloudapi-oauth.suunto.com/oauth/token', by: 'basic' },
    answer: answerWith(200, { ...tokens, access_token: suuntoToken, expires_in: 86_400, user: 'mary' }),
    grant: {
      accessToken: suuntoToken,
      refreshToken: 'r3fresh',
      accessExpiresAt: after(86_400),
      scopes: ['workout'],
      userID: 'mary',
    },
    revoke: once({
      call: 'GET https://cloudapi-oauth.suunto.com/oauth/deauthorize?client_id=client%2F1.a',
      authorization: bearer,
    }),
  },
  coros: {
    region: 'sandbox',
    authorize: 'https://opentest.coros.com/oauth2/authorize',
    ...asks('workout'),
    token: { url: 'https://opentest.coros.com/oauth2/accesstoken', by: 'post' },
    // Without a type.
    answer: answerWith(200, {
      expires_in: 2_592_000,
      access_token: 'acc3ss',
      refresh_token: 'r3fresh',
      openId: '9a8b',
    }),
    grant: { ...granted, accessExpiresAt: after(2_592_000), scopes: ['workout'], userID: '9a8b' },
    revoke: once({ call: 'POST https://opentest.coros.com/oauth2/deauthorize?token=acc3ss' }, 200, {
      result: '0000',
      message: 'OK',
    }),
  },
  ultrahuman: {
    authorize: 'https://auth.ultrahuman.com/authorise',
    ...asks('profile ring_data cgm_data'),
    token: { url: 'https://partner.ultrahuman.com/api/partners/oauth/token', by: 'post' },
    answer: answerWith(200, { ...tokens, expires_in: 3600, scope: 'profile ring_data' }),
    calls: once(
      {
        call: 'GET https://partner.ultrahuman.com/api/partners/v1/user_data/user_info',
        authorization: bearer,
      },
      200,
      { user_id: 'uh-7' },
    ),
    grant: {
      ...granted,
      accessExpiresAt: after(3600),
      scopes: ['profile', 'ring_data'],
      userID: 'uh-7',
    },
    revoke: once({
      call: 'POST https://partner.ultrahuman.com/api/partners/oauth/revoke',
      form: { token: 'acc3ss', ...client },
    }),
  },
  iHealth: {
    authorize: iHealth,
    asks: { APIName: iHealthScopes },
    askedScopes: iHealthScopes.split(' '),
    token: { url: iHealth, by: 'query' },
    answer: answerWith(200, {
      APIName: 'OpenApiBP OpenApiWeight',
      AccessToken: 'acc3ss',
      Expires: '2592000',
      RefreshToken: 'r3fresh',
      UserID: '0123abcd',
    }),
    grant: {
      ...granted,
      accessExpiresAt: after(2_592_000),
      scopes: ['OpenApiBP', 'OpenApiWeight'],
      userID: '0123abcd',
    },
  },
  omron: {
    authorize: 'https://omron.example/connect/authorize',
    asks: { scope: omronScopes, nonce: journey.nonce },
    askedScopes: omronScopes.split(' '),
    token: { url: 'https://omron.example/connect/token', by: 'post' },
    answer: answerWith(200, {
      ...tokens,
      access_token: omronToken,
      expires_in: 3600,
      scope: 'bloodpressure openid offline_access',
    }),
    grant: {
      accessToken: omronToken,
      refreshToken: 'r3fresh',
      accessExpiresAt: after(3600),
      scopes: ['bloodpressure', 'openid', 'offline_access'],
      userID: 'om-1',
    },
  },
};

function medicare(host: string, version: string): Expectation {
  const oauth = `https://${host}/${version}/o`;
  const fhir = `https://${host}/${version}/fhir`;
  const research = version === 'v3';
  // Who refuses personal details has no Patient, and is known by her coverage.
  const [scopes, type, resource] = research
    ? (['launch/patient patient/Patient.rs', 'Patient', { id: '-20140000000001' }] as const)
    : ([
        'launch/patient patient/Coverage.read',
        'Coverage',
        { id: 'part-a', beneficiary: { reference: 'Patient/-20140000000001' } },
      ] as const);
  return {
    ...(research ? {} : { region: 'sandbox' }),
    authorize: `${oauth}/authorize/`,
    ...asks('launch/patient patient/Patient.rs patient/Coverage.rs patient/ExplanationOfBenefit.rs'),
    token: { url: `${oauth}/token/`, by: 'basic' },
    // As the page prints it: nothing says who she is.
    answer: answerWith(200, {
      ...tokens,
      expires_in: 3599.998,
      scope: scopes,
      ...(research ? {} : { access_grant_expiration: '2027-06-04 03:02:01Z' }),
    }),
    calls: once({ call: `GET ${fhir}/${type}`, authorization: bearer }, 200, {
      resourceType: 'Bundle',
      entry: [{ resource: { resourceType: type, ...resource } }],
    }),
    grant: {
      ...granted,
      accessExpiresAt: journeyStart + 3_599_998,
      ...(research ? {} : { grantEndsAt: Date.parse('2027-06-04T03:02:01Z') }),
      scopes: scopes.split(' '),
      userID: '-20140000000001',
    },
    revoke: once({ call: `POST ${oauth}/revoke/`, authorization: basic, form: { token: 'acc3ss' } }),
  };
}

export const fhirBase = 'https://fhir.clinic.example.org/r4';

export const smartServer: AuthorizationServerFacts = {
  authorization_endpoint: 'https://login.clinic.example.org/authorize?tenant=7',
  token_endpoint: 'https://login.clinic.example.org/token',
  revocation_endpoint: 'https://login.clinic.example.org/revoke',
  issuer: 'https://login.clinic.example.org',
  capabilities: ['permission-v1', 'permission-v2', 'client-public'],
};

interface SmartVendor {
  readonly scope: string;
  readonly by: 'basic' | 'none' | 'jwt';
  readonly aud?: 'omitted';
  readonly extra?: Readonly<Record<string, string>>;
  /** Its answers have no refresh token. */
  readonly endsWithToken?: true;
  readonly refreshToken?: string;
  readonly answers?: object;
  readonly grants?: object;
}

const patient = 'eq081-VQEgP8drUUqCWzHfw3';
const epicRefresh = jwt({ exp: 1_800_000_000 });

function smart(vendor: SmartVendor): Expectation {
  const { scope, by, refreshToken = 'r3fresh', endsWithToken } = vendor;
  const knows = scope.split(' ').includes('openid');
  const idToken = jwt({
    iss: smartServer.issuer,
    aud: clientID,
    sub: 'mary',
    nonce: journey.nonce,
    exp: Math.floor(journeyStart / 1_000) + 300,
    fhirUser: `${fhirBase}/RelatedPerson/parent-7`,
  });
  return {
    authorize: 'https://login.clinic.example.org/authorize',
    asks: {
      tenant: '7',
      scope,
      ...(vendor.aud === 'omitted' ? {} : { aud: fhirBase }),
      ...(knows ? { nonce: journey.nonce } : {}),
      ...vendor.extra,
    },
    askedScopes: scope.split(' '),
    redirect: { iss: 'https://login.clinic.example.org' },
    token: { url: smartServer.token_endpoint, by },
    answer: answerWith(200, {
      ...onlyAccess,
      expires_in: 300,
      scope: 'launch/patient patient/Observation.read',
      patient,
      ...(endsWithToken === true ? {} : { refresh_token: refreshToken }),
      ...(knows ? { id_token: idToken } : {}),
      ...vendor.answers,
    }),
    grant: {
      accessToken: 'acc3ss',
      ...(endsWithToken === true ? {} : { refreshToken }),
      accessExpiresAt: after(300),
      scopes: ['launch/patient', 'patient/Observation.read'],
      userID: patient,
      ...(knows ? { isProxy: true } : {}),
      ...vendor.grants,
    },
    revoke: once({
      call: `POST ${smartServer.revocation_endpoint ?? ''}`,
      ...(by === 'basic' ? { authorization: basic } : {}),
      form: {
        token: 'r3fresh',
        token_type_hint: 'refresh_token',
        ...(by === 'none' ? { client_id: clientID } : {}),
        ...(by === 'jwt'
          ? {
              client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
              client_assertion: 'ASSERTION',
            }
          : {}),
      },
    }),
  };
}

const each = (types: string, of = 'patient') =>
  types
    .split(' ')
    .map((type) => `${of}/${type}.read`)
    .join(' ');
const login = 'launch/patient openid fhirUser offline_access';
const loginAndName = 'launch/patient openid fhirUser profile offline_access';
const whole = 'patient/*.read';
const athena =
  'Patient AllergyIntolerance CarePlan CareTeam Condition Device DiagnosticReport DocumentReference Binary Encounter Goal Immunization MedicationRequest Medication Observation Procedure Provenance Location Organization Practitioner';
const humana =
  'Patient AllergyIntolerance CarePlan CareTeam Condition Coverage DocumentReference ExplanationOfBenefit Goal Immunization List MedicationRequest Observation Procedure';
const oracle =
  'Patient AllergyIntolerance CarePlan CareTeam Condition Coverage Device DiagnosticReport DocumentReference Binary Encounter Goal Immunization MedicationDispense MedicationRequest Medication Observation Procedure Provenance QuestionnaireResponse RelatedPerson ServiceRequest Specimen';
const united =
  'Patient Condition Coverage Encounter ExplanationOfBenefit Immunization MedicationDispense MedicationRequest Observation Procedure';
const va =
  'Patient AllergyIntolerance Condition Device DiagnosticReport DocumentReference Binary Encounter Immunization MedicationRequest Medication Observation Procedure Location Organization Practitioner PractitionerRole';

/** By slug. */
export const expectations: Readonly<Record<string, Expectation>> = {
  ...makers,
  blueButton2: medicare('sandbox.bluebutton.cms.gov', 'v2'),
  blueButton3: medicare('api.bluebutton.cms.gov', 'v3'),
  aetna: smart({ scope: `launch/patient fhirUser profile ${whole}`, by: 'none', endsWithToken: true }),
  athenahealth: smart({ scope: `${loginAndName} ${each(athena)}`, by: 'basic' }),
  cigna: smart({ scope: `${login} ${whole}`, by: 'none', aud: 'omitted' }),
  eClinicalWorks: smart({ scope: `${login} ${each(`${athena} PractitionerRole`)}`, by: 'jwt' }),
  elevance: smart({
    scope: `${loginAndName} ${whole}`,
    by: 'basic',
    grants: { grantEndsAt: after(7_776_000) },
  }),
  epic: smart({
    scope: 'openid fhirUser profile',
    by: 'jwt',
    refreshToken: epicRefresh,
    grants: { grantEndsAt: 1_800_000_000_000 },
  }),
  humana: smart({ scope: `${login} ${each(humana)}`, by: 'basic' }),
  kaiser: smart({ scope: `${login} ${whole}`, by: 'basic' }),
  meditech: smart({ scope: `${loginAndName} ${whole}`, by: 'jwt' }),
  nextGenEnterprise: smart({
    scope: `${login} ${whole}`,
    by: 'basic',
    aud: 'omitted',
    grants: { refreshExpiresAt: after(172_800) },
  }),
  nextGenOffice: smart({
    scope: `${login} ${whole}`,
    by: 'jwt',
    answers: { refresh_expires_in: 1800 },
    grants: { refreshExpiresAt: after(1800) },
  }),
  oracleHealth: smart({
    scope: `${login} ${each(oracle)} ${each('Location Organization Practitioner', 'user')}`,
    by: 'jwt',
    grants: { refreshExpiresAt: after(7_776_000) },
  }),
  patientAccess: smart({ scope: `${login} patient/*.rs`, by: 'jwt' }),
  smartOnFhir: smart({ scope: `${login} patient/*.rs`, by: 'jwt', extra: { response_mode: 'query' } }),
  unitedHealthcare: smart({
    scope: `launch/patient openid fhirUser profile ${each(united)}`,
    by: 'none',
    endsWithToken: true,
  }),
  va: smart({
    scope: `launch/patient openid profile offline_access ${each(va)}`,
    by: 'basic',
    aud: 'omitted',
    grants: { refreshExpiresAt: after(3_628_800) },
  }),
  veradigm: smart({ scope: `${login} ${whole}`, by: 'none' }),
};

/**
 * What a vendor counts, by slug, where its documentation or a client that lives with it says so. Each says that one
 * call ends all that the person has granted to the application; nobody says the contrary.
 */
export const documentedGrants: Readonly<
  Record<string, { readonly per: 'person' | 'consent'; readonly says: string }>
> = {
  fitbit: {
    per: 'person',
    says: 'When the token is revoked, all tokens are revoked for that user (Revoke Token)',
  },
  garmin: { per: 'person', says: 'DELETE user/registration: the registration of the user' },
  googleHealth: { per: 'person', says: 'Revoking a token revokes all that was granted to the application' },
  polar: { per: 'person', says: 'DELETE /v3/users/{user-id} also revokes the access token' },
  strava: { per: 'person', says: 'Deauthorizing invalidates all tokens of the application for the athlete' },
  withings: { per: 'person', says: 'notify revoke and signature v2 revoke name the user, not a token' },
  blueButton2: { per: 'person', says: 'POST /v2/o/revoke/ ends token and data grant' },
  blueButton3: { per: 'person', says: 'POST /v3/o/revoke/ ends token and data grant' },
};
