import { defineProvider } from '../definitions/defineProvider.ts';
import { notified, resources } from './googleHealth/resources.ts';
import { googleHealthScopes, scopePrefix } from './googleHealth/scopes.ts';
import { verifyTinkSignature } from './googleHealth/verifyTinkSignature.ts';

const api = 'https://health.googleapis.com/v4';
const project = `${api}/projects/{PROJECT_NUMBER}/subscribers`;
const asProject = {
  authentication: 'service-account',
  serviceAccount: {
    keySetting: 'SERVICE_ACCOUNT_KEY',
    scope: 'https://www.googleapis.com/auth/cloud-platform',
  },
} as const;

/** Google Health API v4, the successor of Fitbit's and of Google Fit's; tokens of neither can be carried over. */
export const provider = defineProvider({
  kind: 'provider',
  id: 49369,
  name: 'Google Health',
  category: 'Device Manufacturer',
  keywords: ['Fitbit', 'Pixel Watch', 'Google Fit'],
  checkedOn: '2026-11-22',
  sources: [
    'developers.google.com/health',
    'RADAR-base Rest-Source-Auth',
    'Open Wearables',
    'Nango providers',
  ],
  uncertain: {
    'auth.refresh.accessTokenLifetimeS': { certainty: 'medium', verify: 'expires_in of a real answer' },
    'auth.refresh.refreshTokenLifetimeS': {
      certainty: 'medium',
      verify:
        'six months without use; seven days while the consent screen is in "Testing"; 100 for each account',
    },
    'auth.revoke.alreadyGoneWhen': {
      certainty: 'medium',
      verify: '400 invalid_token for a token that is gone',
    },
    'errors.0': {
      certainty: 'medium',
      verify: 'path and spelling of ACCOUNT_NOT_LINKED, with a Google account that has no health data',
    },
    'delivery.resources': {
      certainty: 'medium',
      verify:
        'filter fields of nutrition-log, hydration-log, run-vo2-max, blood-glucose and irregular-rhythm-notification; ' +
        'which points have a name; paths of profile and settings',
    },
    'delivery.webhook.authentication.header': {
      certainty: 'medium',
      verify:
        'the reference says X-HEALTHAPI-SIGNATURE, the guide GOOGLE-HEALTH-API-SIGNATURE: a real notification',
    },
    'delivery.webhook.authentication.authorizationSecret': {
      certainty: 'medium',
      verify: 'that notifications carry it too; one developer saw it in the verification only',
    },
    'delivery.webhook.challenge.right': {
      certainty: 'medium',
      verify: '201, or any 2xx; 401 or 403 without secret',
    },
    'delivery.webhook.events': {
      certainty: 'medium',
      verify:
        'kinds of data with notifications (the list has grown), and whether Google ever tells of a withdrawal',
    },
    'delivery.appSubscription': { certainty: 'medium', verify: 'body, and roles of the service account' },
  },
  terms: {
    notes: [
      'Every scope is restricted: Google reviews the security of the application before a hundredth participant.',
      'An application may ask for 10,000 grants of tokens a day.',
    ],
    participantsBeforeReview: 100,
  },
  settings: {
    PROJECT_NUMBER: { description: 'Number of the Google Cloud project', example: '123456789012' },
    SERVICE_ACCOUNT_KEY: {
      description: 'Key file (JSON) of a service account that may manage subscribers of the project',
      example: '{"type":"service_account", …}',
      secret: true,
    },
  },
  auth: {
    kind: 'oauth2',
    authorizeUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
    tokenUrl: 'https://oauth2.googleapis.com/token',
    issuer: 'https://accounts.google.com',
    pkce: 'supported',
    clientAuthentication: [{ method: 'client_secret_post' }],
    // Both are needed to be sure of a refresh token, also at a second consent.
    authorizeParameters: { access_type: 'offline', prompt: 'consent' },
    scopes: googleHealthScopes,
    scopeSeparator: ' ',
    tokenAnswer: {},
    // Participants can untick each; scopes of other Google products may be among them.
    grantedScopes: { from: 'token-answer', keepPrefix: scopePrefix },
    userID: [
      {
        from: 'call',
        call: { method: 'GET', url: `${api}/users/me/identity`, authentication: 'bearer' },
        path: 'healthUserId',
        predecessorPath: 'legacyUserId',
      },
    ],
    refresh: {
      policy: 'reusable',
      accessTokenLifetimeS: 3600,
      refreshTokenLifetimeS: 15_552_000,
      keepAliveEveryS: 2_592_000,
    },
    // Whichever token is given back, the application loses all that the person granted to it.
    grantsPer: 'person',
    revoke: {
      by: 'call',
      method: 'POST',
      url: 'https://oauth2.googleapis.com/revoke',
      authentication: 'none',
      token: 'refresh',
      tokenIn: { place: 'query', name: 'token' },
      succeeds: [200],
      alreadyGone: [],
      alreadyGoneWhen: { path: 'error', in: ['invalid_token'] },
    },
  },
  errors: [
    {
      phases: ['data'],
      body: { path: 'error.details.0.reason', in: ['ACCOUNT_NOT_LINKED'] },
      verdict: 'consent-missing',
    },
    { phases: ['data'], status: 403, verdict: 'scope-missing' },
    // The interface is not switched on in the project of the application.
    {
      phases: ['connect', 'data'],
      status: 403,
      body: { path: 'error.details.0.reason', in: ['SERVICE_DISABLED'] },
      verdict: 'operator-alarm',
    },
  ],
  rateLimits: [
    { counts: 'participant', requests: 300, windowS: 60 },
    { counts: 'application', requests: 120_000, windowS: 60 },
    { counts: 'application', requests: 86_400_000, windowS: 86_400 },
    { counts: 'application', of: 'token-calls', requests: 10_000, windowS: 86_400 },
  ],
  delivery: {
    by: 'notify-then-pull',
    resources,
    webhook: {
      challenge: { kind: 'typed', path: 'type', equals: 'verification', right: 201, wrong: 401 },
      authentication: {
        by: 'hook',
        header: 'google-health-api-signature',
        otherHeaders: ['x-healthapi-signature'],
        verify: verifyTinkSignature,
        keysetUrl: 'https://www.gstatic.com/googlehealthapi/webhooks/webhooks_public_keyset.json',
        authorizationSecret: true,
      },
      answer: 204,
      body: 'json-array',
      userIDAt: 'data.healthUserId',
      events: [
        { means: 'data-deleted', when: [{ path: 'data.operation', equals: 'DELETE' }] },
        ...notified.map(
          (name) =>
            ({ means: 'data', when: [{ path: 'data.dataType', equals: name }], resources: [name] }) as const,
        ),
        { means: 'ignored', when: [] },
      ],
    },
    appSubscription: {
      create: {
        method: 'POST',
        url: project,
        ...asProject,
        json: {
          endpointUri: '{webhookUrl}',
          subscriberConfigs: [{ dataTypes: notified, subscriptionCreatePolicy: 'AUTOMATIC' }],
          endpointAuthorization: { secret: 'Bearer {webhookSecret}' },
        },
      },
      list: { method: 'GET', url: project, ...asProject },
      remove: { method: 'DELETE', url: `${project}/{subscriptionID}`, ...asProject },
    },
  },
});
