import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/coros.ts';

/** COROS Open API; its reference is for partners only. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source: 'camboulive, docs on integrations (COROS) (2026-02); tribos (public project)',
    strength: 'clients',
    is: {
      url: 'https://open.coros.com/oauth2/authorize',
      region: 'production',
      parameters: ['client_id', 'redirect_uri', 'state', 'response_type'],
      values: {
        response_type: 'code',
      },
    },
  },
  answerToCode: {
    source:
      'camboulive, docs on integrations (COROS) (2026-02); a public TypeScript project (name not recorded)',
    strength: 'clients',
    is: {
      body: {
        access_token: '01d3edab9d9367c2d307a61ed0e1e075',
        refresh_token: 'e877296ffa7e529376283230394987bf',
        openId: 'f3d339312e41c900d56717fb621a0b3b',
        expires_in: 2592000,
      },
      reads: {
        userID: 'f3d339312e41c900d56717fb621a0b3b',
        scopes: ['workout'],
        accessLivesS: 2592000,
        refreshes: true,
      },
    },
  },
  answerToRefresh: {
    source: 'camboulive, docs on integrations (COROS) (2026-02); Runward (public project)',
    strength: 'clients',
    is: {
      body: {
        result: '0000',
        message: 'OK',
      },
      brings: [],
    },
  },
  revocation: {
    source: 'camboulive, docs on integrations (COROS) (2026-02); sports-alliance/quantified-self',
    strength: 'clients',
    is: {
      method: 'POST',
      url: 'https://open.coros.com/oauth2/deauthorize',
      query: ['token'],
      token: 'access',
      status: 200,
      body: {
        result: '0000',
        message: 'OK',
      },
    },
    sandboxDiffers: {
      'message: documented, not played':
        'Every other answer of the vendor has a text beside the result, which nobody reads.',
    },
  },
  data: {
    source: 'camboulive, docs on integrations (COROS) (2026-02); sports-alliance/quantified-self',
    strength: 'clients',
    is: [
      {
        resource: 'workouts',
        request: 'the list of sports with token, openId and a range of days',
        answer: {
          result: '0000',
          message: 'OK',
          data: [
            {
              labelId: '478812340011223344',
              mode: 8,
              subMode: 1,
              startTime: 1795762873,
              endTime: 1795765585,
              distance: 8123.5,
              duration: 2712,
              fitUrl: 'https://files.coros.example/invented.fit',
            },
          ],
        },
        items: 1,
      },
    ],
    sandboxDiffers: {
      'workouts data.*.fitUrl: documented, not played':
        'Measured, but not by the invented device; nobody looks for it in order to read the page.',
    },
  },
  webhooks: {
    nothing:
      'Clients quote a push of workouts with the headers client and secret, unsigned; our definition takes none, because the partner contract settles it.',
  },
  refusals,
};
