import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/suunto.ts';

/** Suunto Cloud API. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source:
      'apizone.suunto.com, how to start; the-momentum/open-wearables, commit 44a268be: suunto/ (2026-08-07)',
    strength: 'vendor',
    is: {
      url: 'https://cloudapi-oauth.suunto.com/oauth/authorize',
      parameters: ['response_type', 'client_id', 'redirect_uri'],
      values: {
        response_type: 'code',
      },
    },
  },
  answerToCode: {
    source: 'a public Go client; cpfair/tapiriik, Suunto service',
    strength: 'clients',
    is: {
      body: {
        access_token:
          'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyIjoiaW52ZW50ZWRydW5uZXIiLCJjbGllbnRfaWQiOiI2OGIzMjA5Mi00M2ZmLTRkZjUtYWExMy0xYzBkODJlM2Y2MDkiLCJleHAiOjE3OTU4NDkyNzMsInNjb3BlIjpbIndvcmtvdXQiXSwianRpIjoiNjRjNDczZjAtNjk1MC00ZDhmLWE3MmQtNmYzNDEwZDc0N2RiIiwiYXV0aG9yaXRpZXMiOltdfQ.c2ln',
        token_type: 'bearer',
        refresh_token:
          'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyIjoiaW52ZW50ZWRydW5uZXIiLCJhdGkiOiI2NGM0NzNmMC02OTUwLTRkOGYtYTcyZC02ZjM0MTBkNzQ3ZGIiLCJleHAiOjE4MjcyOTg4NzN9.c2ln',
        expires_in: 86400,
        scope: 'workout',
        ukv: '2',
        uk: '8llSSzbrHtkwEY9UNKaj8laqdKqc4N-O2FQaMP1CiPAVo_oXrGs_mpZWLPyVWIDw',
        user: 'inventedrunner',
        jti: '64c473f0-6950-4d8f-a72d-6f3410d747db',
      },
      reads: {
        userID: 'inventedrunner',
        scopes: ['workout'],
        accessLivesS: 86400,
        refreshes: true,
      },
    },
  },
  answerToRefresh: {
    nothing: 'No source shows an answer to a refresh.',
  },
  revocation: {
    source:
      'public clients (repository names not recorded); the-momentum/open-wearables, commit 44a268be: suunto/ (2026-08-07)',
    strength: 'clients',
    is: {
      method: 'GET',
      url: 'https://cloudapi-oauth.suunto.com/oauth/deauthorize',
      query: ['client_id'],
      authorization: 'bearer',
      token: 'access',
      status: 200,
    },
  },
  data: {
    source: 'the-momentum/open-wearables, commit 44a268be: suunto/ (2026-08-07)',
    strength: 'one-client',
    is: [
      {
        resource: 'workouts',
        request: 'GET /v3/workouts?since=1795676473000&limit=50',
        answer: {
          error: null,
          payload: [
            {
              workoutKey: 'e54a2f2a721d5f318ab411f6',
              activityId: 1,
              startTime: 1795762873000,
              totalTime: 2712.4,
              totalDistance: 8123.5,
              timeOffsetInMinutes: 120,
              hrdata: {
                workoutAvgHR: 141,
                workoutMaxHR: 169,
              },
            },
          ],
          metadata: {
            ts: '1795763000123',
          },
        },
        items: 1,
      },
      {
        resource: 'sleep',
        request: 'GET /247samples/sleep?from=…&to=…',
        answer: [
          {
            timestamp: '2026-11-27T06:31:00.000+02:00',
            entryData: {
              BedtimeStart: '2026-11-26T23:05:00.000+02:00',
              BedtimeEnd: '2026-11-27T06:31:00.000+02:00',
              Duration: 25020,
              DeepSleepDuration: 5400,
              LightSleepDuration: 13500,
              REMSleepDuration: 6120,
              HRAvg: 52,
              HRMin: 44,
              SleepQualityScore: 84,
              IsNap: false,
              SleepId: 1795762800,
            },
          },
        ],
        items: 1,
      },
    ],
    sandboxDiffers: {
      'workouts metadata.ts: documented, not played':
        'About the answer, not about the person; nobody reads it.',
      'sleep *.entryData.HRMin: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep *.entryData.SleepQualityScore: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
      'sleep *.entryData.SleepId: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
    },
  },
  webhooks: {
    source:
      'apizone.suunto.com, webhooks; the-momentum/open-wearables, commit 44a268be: suunto/ (2026-08-07)',
    strength: 'vendor',
    is: [
      {
        event: 'workout created',
        headers: {
          'content-type': 'application/json',
          'x-hmac-sha256-signature': '359d96c6088061cd348121f5e53e2beb24cae522b606dfd1c7e8014b60eadf06',
        },
        rawBody:
          '{"type":"WORKOUT_CREATED","username":"inventedrunner","workout":{"workoutKey":"e54a2f2a721d5f318ab411f6","activityId":1,"startTime":1795762873000,"totalTime":2712.4,"energyConsumption":498,"startPosition":{"x":24.9,"y":60.1},"stepCount":7420,"totalAscent":61,"totalDescent":58,"totalDistance":8123.5,"hrdata":{"workoutAvgHR":141,"workoutMaxHR":169},"avgSpeed":2.99,"maxSpeed":4.2,"timeOffsetInMinutes":120},"gear":{"manufacturer":"Suunto","name":"Invented Watch","productType":"SPORTS_WATCH"}}',
        means: ['data'],
        userID: 'inventedrunner',
        signed: {
          key: '4hVZ-H_LSqrxoFPs7EmWLR4HmbfYWX9C',
          header: 'x-hmac-sha256-signature',
          value: '359d96c6088061cd348121f5e53e2beb24cae522b606dfd1c7e8014b60eadf06',
        },
      },
    ],
    sandboxDiffers: {
      'workout created workout.startPosition: documented, not played':
        'The sandbox tells less of it; nobody reads it.',
      'workout created workout.totalDescent: documented, not played':
        'The sandbox tells less of it; nobody reads it.',
      'workout created workout.avgSpeed: documented, not played':
        'The sandbox tells less of it; nobody reads it.',
      'workout created workout.maxSpeed: documented, not played':
        'The sandbox tells less of it; nobody reads it.',
      'workout created gear: documented, not played': 'The sandbox tells less of it; nobody reads it.',
    },
  },
  refusals,
};
