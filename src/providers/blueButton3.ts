import { defineProvider } from '../definitions/defineProvider.ts';
import {
  authorizeAt,
  delivery,
  errors,
  keywords,
  rateLimits,
  regions,
  medicareScopes,
  terms,
  uncertain,
} from './blueButton/medicare.ts';

/**
 * Medicare's Blue Button 2.0, version 3. Tokens of version 2 are no good here and those of this version no good
 * there, so a participant who changes consents again. `private_key_jwt` is advertised, for calls without a
 * participant only.
 */
export const provider = defineProvider({
  kind: 'provider',
  name: 'Medicare (new connection)',
  category: 'Health Plan',
  keywords,
  checkedOn: '2026-11-22',
  sources: ['CMSgov bluebutton-web-server'],
  uncertain: {
    lifecycle: {
      certainty: 'medium',
      verify:
        'that CMS has opened version 3 to applications: it is in the code, the documentation describes version 2',
    },
    ...uncertain,
    'delivery.fhir': { certainty: 'medium', verify: 'that searches are those of version 2' },
  },
  terms,
  lifecycle: { state: 'beta' },
  regions,
  fhirBase: 'https://{host}/v3/fhir',
  auth: {
    ...authorizeAt('https://{host}/v3'),
    scopes: [
      ...medicareScopes,
      {
        name: 'patient/AuditEvent.rs',
        label: 'Who has looked at your Medicare data',
        releases: [],
        ask: 'never',
      },
    ],
  },
  errors,
  rateLimits,
  delivery,
});
