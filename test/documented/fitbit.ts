import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/fitbit.ts';

/** The Fitbit Web API, turned off on 2026-11-02. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source: 'dev.fitbit.com, Authorize; the-momentum/open-wearables, commit 44a268be: fitbit/ (2026-08-07)',
    strength: 'vendor',
    is: {
      url: 'https://www.fitbit.com/oauth2/authorize',
      parameters: [
        'client_id',
        'response_type',
        'scope',
        'redirect_uri',
        'state',
        'code_challenge',
        'code_challenge_method',
      ],
      values: {
        response_type: 'code',
        code_challenge_method: 'S256',
      },
    },
  },
  answerToCode: {
    source: 'four public projects quoting the vendor example (repository names not recorded)',
    strength: 'clients',
    is: {
      body: {
        access_token:
          'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJhdWQiOiIyM1FaN0siLCJzdWIiOiJCN1hLMk0iLCJzY29wZXMiOiJyc2xlIHJhY3QifQ.c2ln',
        expires_in: 28800,
        refresh_token: '2c1433288b4aa2a59d9345eb5cfe8731a9f5830c8048447dbe362e998a3eef58',
        scope: 'activity sleep',
        token_type: 'Bearer',
        user_id: 'B7XK2M',
      },
      calls: {
        'POST https://api.fitbit.com/1/user/-/apiSubscriptions/4711.json': {},
      },
      reads: {
        userID: 'B7XK2M',
        scopes: ['activity', 'sleep'],
        accessLivesS: 28800,
        refreshes: true,
      },
    },
  },
  answerToRefresh: {
    source: 'four public projects quoting the vendor example (repository names not recorded)',
    strength: 'clients',
    is: {
      body: {
        access_token: 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJhdWQiOiIyM1FaN0siLCJzdWIiOiJCN1hLMk0ifQ.c2ln',
        expires_in: 28800,
        refresh_token: 'a38c248cf898d81b3d43a77c031f955580266dbf43ca1c70a3f7a3b0a64602a9',
        token_type: 'Bearer',
        user_id: 'B7XK2M',
      },
      brings: ['access_token', 'refresh_token'],
    },
  },
  revocation: {
    source: 'the-momentum/open-wearables, commit 44a268be: fitbit/ (2026-08-07)',
    strength: 'one-client',
    is: {
      method: 'POST',
      url: 'https://api.fitbit.com/oauth2/revoke',
      form: ['token'],
      authorization: 'basic',
      token: 'refresh',
      status: 200,
    },
  },
  data: {
    source: 'the-momentum/open-wearables, commit 44a268be: fitbit/ (2026-08-07)',
    strength: 'one-client',
    is: [
      {
        resource: 'activities',
        request: 'GET /1/user/-/activities/list.json?afterDate=2026-09-01&sort=asc&limit=100&offset=0',
        answer: {
          activities: [
            {
              logId: 58820410377,
              activityName: 'Walk',
              activityTypeId: 90013,
              startTime: '2026-09-13T08:12:44.000-04:00',
              averageHeartRate: 104,
              calories: 182,
              distance: 2.91,
              steps: 3902,
              source: {
                name: 'Charge 6',
              },
            },
          ],
          pagination: {
            next: 'https://api.fitbit.com/1/user/-/activities/list.json?offset=100&limit=100&sort=asc&afterDate=2026-09-01',
          },
        },
        items: 1,
      },
    ],
    sandboxDiffers: {
      'activities activities.*.activityTypeId: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'activities activities.*.source: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
    },
  },
  webhooks: {
    source: 'public Python project, process_fitbit_webhook tests; apis.io, fitbit-subscriptions-asyncapi',
    strength: 'clients',
    is: [
      {
        event: 'data changed',
        headers: {
          'content-type': 'application/json',
          'x-fitbit-signature': '/5TQGk/ZqgfHkOsnbDtZ4pE4HCA=',
        },
        rawBody: '[{"collectionType":"sleep","date":"2026-09-14","ownerId":"B7XK2M"}]',
        means: ['data'],
        userID: 'B7XK2M',
        signed: {
          key: 'ce315881716ae5d6e5a885fa7cc4b8db&',
          header: 'x-fitbit-signature',
          value: '/5TQGk/ZqgfHkOsnbDtZ4pE4HCA=',
        },
      },
      {
        event: 'consent withdrawn',
        headers: {
          'content-type': 'application/json',
          'x-fitbit-signature': 'ct12K9vfR9c9lfEzrnmcAJDOLK8=',
        },
        rawBody: '[{"collectionType":"userRevokedAccess","date":"2026-09-14","ownerId":"B7XK2M"}]',
        means: ['deregistered'],
        userID: 'B7XK2M',
        signed: {
          key: 'ce315881716ae5d6e5a885fa7cc4b8db&',
          header: 'x-fitbit-signature',
          value: 'ct12K9vfR9c9lfEzrnmcAJDOLK8=',
        },
      },
    ],
  },
  refusals,
};
