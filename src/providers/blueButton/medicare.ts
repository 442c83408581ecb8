/** Facts that both living versions of Medicare's Blue Button share; versions differ in their addresses. */
export const keywords = [
  'Blue Button',
  'CMS',
  'Centers for Medicare & Medicaid Services',
  'Part A',
  'Part B',
  'Part D',
  'Medicare.gov',
] as const;

/** CMS runs a server for applications under review beside the one with real beneficiaries. */
export const regions = {
  default: 'production',
  values: {
    production: { host: 'api.bluebutton.cms.gov' },
    sandbox: { host: 'sandbox.bluebutton.cms.gov' },
  },
} as const;

/** What CMS demands of an application, whichever version it uses. */
export const terms = {
  notes: [
    'CMS reviews the application before it may leave the sandbox.',
    'The category for a study is Research (approved by an ethics board): it never ends and is reviewed every two years.',
  ],
} as const;

/** What the documentation leaves open, and has to be seen in a real answer. */
export const uncertain = {
  'auth.scopes': {
    certainty: 'medium',
    verify:
      'which of .rs and .read are granted when .rs is asked for, and that launch/patient is granted by name',
  },
  'auth.refresh.refreshTokenLifetimeS': {
    certainty: 'medium',
    verify:
      'the category that CMS gave the application: Research never ends, others end after 13 months (told in ' +
      'access_grant_expiration) or have no refresh token at all (one hour)',
  },
  'auth.userID.1.path': {
    certainty: 'medium',
    verify:
      'that userinfo names the patient: the page prints a name and an e-mail address, the server’s source more',
  },
  'rateLimits.0.requests': {
    certainty: 'low',
    verify: 'X-RateLimit-Limit of a real answer; CMS calls it high',
  },
  'delivery.fhir.pageSize': { certainty: 'low', verify: 'the highest _count that is honoured' },
} as const;

/** A participant can refuse personal details: Patient and profile are then missing among the granted. */
export const medicareScopes = [
  {
    name: 'launch/patient',
    label: 'Which Medicare record is yours',
    releases: ['identity'],
    ask: 'default',
  },
  {
    name: 'patient/Patient.rs',
    alsoNamed: ['patient/Patient.read'],
    label: 'Your name, address and date of birth',
    releases: ['demographics'],
    ask: 'default',
  },
  {
    name: 'patient/Coverage.rs',
    alsoNamed: ['patient/Coverage.read'],
    label: 'Your Medicare plans and coverage',
    releases: ['coverage'],
    ask: 'default',
  },
  {
    name: 'patient/ExplanationOfBenefit.rs',
    alsoNamed: ['patient/ExplanationOfBenefit.read'],
    label: 'Your Medicare claims: visits, hospital stays, equipment and prescriptions, and what was paid',
    releases: ['claims'],
    ask: 'default',
  },
  { name: 'openid', label: 'Who you are at Medicare', releases: ['identity'], ask: 'optional' },
  {
    name: 'profile',
    label: 'Your name and other personal details',
    releases: ['demographics'],
    ask: 'optional',
  },
] as const;

/** A search whose results all name her; the token says whose they are. */
function namedIn(fhir: string, type: 'Patient' | 'Coverage' | 'ExplanationOfBenefit', path: string) {
  return {
    from: 'call',
    call: { method: 'GET', url: `${fhir}/${type}`, authentication: 'bearer' },
    listAt: 'entry',
    path: `resource.${path}`,
    needsScope: `patient/${type}.rs`,
    isPatient: true,
  } as const;
}

/** OAuth and data of one version, below this address. */
export function authorizeAt(version: string) {
  const oauth = `${version}/o`;
  const fhir = `${version}/fhir`;
  return {
    kind: 'oauth2',
    authorizeUrl: `${oauth}/authorize/`,
    tokenUrl: `${oauth}/token/`,
    introspectUrl: `${oauth}/introspect`,
    pkce: 'required',
    stateLengthMin: 16,
    clientAuthentication: [{ method: 'client_secret_basic' }, { method: 'client_secret_post' }],
    scopeSeparator: ' ',
    tokenAnswer: {},
    grantedScopes: { from: 'token-answer' },
    // Only the answer to a refresh has her number. Whoever refuses personal details closes Patient and userinfo, and is
    // known by what names her then: her coverage and her claims.
    userID: [
      { from: 'token-answer', field: 'patient', isPatient: true },
      {
        from: 'call',
        call: { method: 'GET', url: `${version}/connect/userinfo`, authentication: 'bearer' },
        path: 'patient',
        needsScope: 'profile',
        isPatient: true,
      },
      namedIn(fhir, 'Patient', 'id'),
      namedIn(fhir, 'Coverage', 'beneficiary.reference'),
      namedIn(fhir, 'ExplanationOfBenefit', 'patient.reference'),
      { from: 'first-data', path: 'patient.reference' },
    ],
    refresh: {
      policy: 'rotating',
      accessTokenLifetimeS: 3600,
      refreshTokenLifetimeS: 'unlimited',
      grantEnds: { from: 'token-answer', field: 'access_grant_expiration' },
    },
    // Revoking a token ends the data grant, of which a beneficiary has one for an application.
    grantsPer: 'person',
    revoke: {
      by: 'call',
      method: 'POST',
      url: `${oauth}/revoke/`,
      authentication: 'client_secret_basic',
      // Only access tokens are looked up, and the answer is 200 whatever there was to end.
      token: 'access',
      tokenIn: { place: 'form', name: 'token' },
      succeeds: [200],
      alreadyGone: [],
    },
  } as const;
}

/** What failures mean where CMS differs from the standards. */
export const errors = [
  { phases: ['data'], status: 403, verdict: 'scope-missing' },
  // A record of somebody else is not found: our mistake, never a lack of data.
  { phases: ['data'], status: 404, verdict: 'failed' },
  // The application was switched off, or not switched on for this version. The end of a grant is a 400.
  { phases: ['token', 'refresh'], status: 403, verdict: 'operator-alarm' },
] as const;

/** The bound on requests for each beneficiary. */
export const rateLimits = [
  {
    counts: 'participant',
    requests: 40_000,
    windowS: 86_400,
    headers: { limit: 'x-ratelimit-limit', remaining: 'x-ratelimit-remaining', reset: 'x-ratelimit-reset' },
  },
] as const;

/** Kinds of claims; each is searched for itself, so that one that fails leaves the others. */
const claimTypes = ['carrier', 'dme', 'hha', 'hospice', 'inpatient', 'outpatient', 'snf', 'pde'] as const;

/** What is read, and how often it is worth it. */
export const delivery = {
  by: 'fhir',
  fhir: {
    versions: ['R4'],
    resources: [
      { type: 'Patient', releases: 'demographics', byReference: true },
      { type: 'Coverage', releases: 'coverage', patientParameter: 'beneficiary' },
      {
        type: 'ExplanationOfBenefit',
        releases: 'claims',
        searches: claimTypes.map((type) => ({ type })),
      },
    ],
    patientByToken: true,
    lastUpdated: true,
    lastUpdatedSince: '2020-02-12',
    // Claims are renewed once a week.
    minimumIntervalS: 604_800,
    pageSize: 50,
  },
} as const;
