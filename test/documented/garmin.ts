import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/garmin.ts';

/** Garmin Health and Activity APIs; their specification is for partners only. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source:
      'public Python project, test module for garmin.oauth (fixtures dated 2026-07); the-momentum/open-wearables, commit 44a268be: garmin/oauth.py, garmin/webhook_handler.py, garmin/handlers/*, tests/tasks/test_garmin_webhook_task.py (2026-08-07)',
    strength: 'clients',
    is: {
      url: 'https://connect.garmin.com/oauth2Confirm',
      parameters: [
        'response_type',
        'client_id',
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
    source:
      'public Python project, test module for garmin.oauth (fixtures dated 2026-07); GoFast-Athlete-Training/gofastbackendv2-fall2025, docs/GARMIN-ROUTES-REFERENCE.md and webhook notes',
    strength: 'clients',
    is: {
      body: {
        access_token: 'Vr4peo4-LAHpHqqXUlQTdkgOvxKe1HEj119RSbFKd5EuQhGP',
        expires_in: 86400,
        token_type: 'bearer',
        refresh_token: '3UV0ZWtCbIYGIIiXZ5K24ei2BTr87CRHJjIXArjQgGA7LO_G',
        scope: 'PARTNER_READ CONNECT_READ CONNECT_WRITE',
        jti: 'a156e642-6582-4cba-aa00-12001b5788ee',
        refresh_token_expires_in: 7775998,
      },
      calls: {
        'GET https://apis.garmin.com/wellness-api/rest/user/permissions': [
          'HEALTH_EXPORT',
          'ACTIVITY_EXPORT',
        ],
        'GET https://apis.garmin.com/wellness-api/rest/user/id': {
          userId: '6cfed49e2d7493f705c95768b15f6394',
        },
      },
      reads: {
        userID: '6cfed49e2d7493f705c95768b15f6394',
        scopes: ['HEALTH_EXPORT', 'ACTIVITY_EXPORT'],
        accessLivesS: 86400,
        refreshLivesS: 7775998,
        refreshes: true,
      },
    },
  },
  answerToRefresh: {
    source: 'public Python project, test module for garmin.oauth (fixtures dated 2026-07)',
    strength: 'one-client',
    is: {
      body: {
        access_token: 'LBWF6IQukehlBOHacb96mwAODUovzHZ8uvVqMviPencaiZKT',
        expires_in: 86400,
        token_type: 'bearer',
        refresh_token: 'ec1NgZikoHRTnGeoj5L0LWruC6zdYGaCCNj8RV94OW4Lx1RQ',
        scope: 'PARTNER_READ CONNECT_READ CONNECT_WRITE',
        jti: '8fa25974-f734-49b8-a5ce-2ae0d265b86c',
        refresh_token_expires_in: 7775998,
      },
      brings: ['access_token', 'refresh_token'],
    },
  },
  revocation: {
    source:
      'RADAR-base/RADAR-Rest-Source-Auth issue 304; public Python project, test module for garmin.oauth (fixtures dated 2026-07)',
    strength: 'vendor',
    is: {
      method: 'DELETE',
      url: 'https://apis.garmin.com/wellness-api/rest/user/registration',
      authorization: 'bearer',
      token: 'access',
      status: 204,
    },
  },
  data: {
    source:
      'the-momentum/open-wearables, commit 44a268be: garmin/oauth.py, garmin/webhook_handler.py, garmin/handlers/*, tests/tasks/test_garmin_webhook_task.py (2026-08-07)',
    strength: 'one-client',
    is: [
      {
        resource: 'sleeps',
        request: 'an address of a ping',
        answer: [
          {
            summaryId: 'x4a1c7e-6c2d10e0',
            calendarDate: '2026-11-27',
            startTimeInSeconds: 1795748400,
            startTimeOffsetInSeconds: -18000,
            durationInSeconds: 27000,
            deepSleepDurationInSeconds: 5400,
            lightSleepDurationInSeconds: 15300,
            remSleepInSeconds: 6300,
            awakeDurationInSeconds: 600,
            validation: 'ENHANCED_FINAL',
          },
        ],
        items: 1,
      },
      {
        resource: 'bloodPressures',
        request: 'pushed',
        answer: [
          {
            userId: '6cfed49e2d7493f705c95768b15f6394',
            summaryId: 'sd71b0a2f-6c2d22',
            systolic: 121,
            diastolic: 78,
            pulse: 63,
            sourceType: 'MANUAL',
            measurementTimeInSeconds: 1795775400,
            measurementTimeOffsetInSeconds: -18000,
          },
        ],
        items: 1,
      },
    ],
  },
  webhooks: {
    source:
      'RADAR-base/RADAR-Rest-Source-Auth issue 313; the-momentum/open-wearables, commit 44a268be: garmin/oauth.py, garmin/webhook_handler.py, garmin/handlers/*, tests/tasks/test_garmin_webhook_task.py (2026-08-07); public TypeScript project, Garmin ping handling',
    strength: 'clients',
    is: [
      {
        event: 'ping',
        headers: {
          'content-type': 'application/json',
          'garmin-client-id': 'fd1999fa-c13e-4e94-a4f4-a61ac943a640',
        },
        rawBody:
          '{"sleeps":[{"userId":"6cfed49e2d7493f705c95768b15f6394","callbackURL":"https://apis.garmin.com/wellness-api/rest/sleeps?uploadStartTimeInSeconds=1795939200&uploadEndTimeInSeconds=1795942800&token=ZFFjEtAbVzk7XKXyKzvyVPmSlzjFNDoA"}]}',
        means: ['data'],
        userID: '6cfed49e2d7493f705c95768b15f6394',
      },
      {
        event: 'push of a daily summary',
        headers: {
          'content-type': 'application/json',
          'garmin-client-id': 'fd1999fa-c13e-4e94-a4f4-a61ac943a640',
        },
        rawBody:
          '{"dailies":[{"userId":"6cfed49e2d7493f705c95768b15f6394","summaryId":"x4a1c7e-6c2d10","calendarDate":"2026-11-27","activityType":"GENERIC","startTimeInSeconds":1795733999,"startTimeOffsetInSeconds":-18000,"durationInSeconds":86400,"steps":8120,"distanceInMeters":6044.5,"activeTimeInSeconds":4020,"activeKilocalories":418,"bmrKilocalories":1702,"floorsClimbed":7,"minHeartRateInBeatsPerMinute":47,"averageHeartRateInBeatsPerMinute":66,"maxHeartRateInBeatsPerMinute":141,"restingHeartRateInBeatsPerMinute":52}]}',
        means: ['data'],
        userID: '6cfed49e2d7493f705c95768b15f6394',
      },
      {
        event: 'deregistration',
        headers: {
          'content-type': 'application/json',
          'garmin-client-id': 'fd1999fa-c13e-4e94-a4f4-a61ac943a640',
        },
        rawBody: '{"deregistrations":[{"userId":"6cfed49e2d7493f705c95768b15f6394"}]}',
        means: ['deregistered'],
        userID: '6cfed49e2d7493f705c95768b15f6394',
      },
      {
        event: 'permission change',
        headers: {
          'content-type': 'application/json',
          'garmin-client-id': 'fd1999fa-c13e-4e94-a4f4-a61ac943a640',
        },
        rawBody:
          '{"userPermissionsChange":[{"userId":"6cfed49e2d7493f705c95768b15f6394","permissions":["ACTIVITY_EXPORT"]}]}',
        means: ['scopes-changed'],
        userID: '6cfed49e2d7493f705c95768b15f6394',
      },
    ],
    sandboxDiffers: {
      'ping callbackURL: documented, not played': 'The sandbox tells less of it; nobody reads it.',
      'push of a daily summary activeTimeInSeconds: documented, not played':
        'The sandbox tells less of it; nobody reads it.',
      'push of a daily summary averageHeartRateInBeatsPerMinute: documented, not played':
        'The sandbox tells less of it; nobody reads it.',
    },
  },
  refusals,
};
