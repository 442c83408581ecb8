import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/smartOnFhir.ts';

/** Any health record, by HL7 SMART App Launch 2.2. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    source: 'HL7/smart-app-launch: input/pages/app-launch.md (stored version of the 2.x line)',
    strength: 'vendor',
    is: {
      parameters: [
        'response_type',
        'client_id',
        'redirect_uri',
        'scope',
        'state',
        'aud',
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
      'HL7/smart-app-launch: input/pages/app-launch.md (stored version of the 2.x line); HL7/smart-app-launch: input/pages/scopes-and-launch-context.md (stored version)',
    strength: 'vendor',
    is: {
      body: {
        access_token: 'at-s-1',
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'launch/patient patient/Observation.rs offline_access openid fhirUser',
        id_token: 'ID_TOKEN',
        refresh_token: 'rt-s-1',
        patient: 'p1',
        need_patient_banner: true,
      },
      idTokenClaims: {
        sub: 's',
        fhirUser: 'https://ehr.example/Patient/p1',
      },
      reads: {
        userID: 'p1',
        scopes: ['launch/patient', 'patient/Observation.rs', 'offline_access', 'openid', 'fhirUser'],
        accessLivesS: 3600,
        refreshes: true,
      },
    },
  },
  answerToRefresh: {
    source: 'HL7/smart-app-launch: input/pages/app-launch.md (stored version of the 2.x line)',
    strength: 'vendor',
    is: {
      body: {
        access_token: 'at-s-2',
        token_type: 'bearer',
        expires_in: 3600,
        scope: 'launch/patient patient/Observation.rs offline_access openid fhirUser',
      },
      brings: ['access_token'],
    },
    sandboxDiffers: {
      'refresh_token: played, not documented': 'May come again at a refresh, says the text.',
      'patient: played, not documented': 'May come again at a refresh, says the text.',
      'need_patient_banner: played, not documented': 'May come again at a refresh, says the text.',
    },
  },
  revocation: {
    nothing: 'The text names the endpoint of the configuration and leaves its answer to RFC 7009.',
  },
  data: {
    nothing: 'The text is about launching; data are US Core’s.',
  },
  webhooks: {
    nothing: 'Patients’ interfaces of health records send no notices, and no source shows one.',
  },
  refusals,
};
