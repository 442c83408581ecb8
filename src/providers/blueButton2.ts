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
 * Medicare's Blue Button 2.0, version 2. In the sandbox a grant is ended for a test with
 * `POST /v2/o/expire_authenticated_user/{patient}/`, and identifiers of its invented members begin with a minus.
 */
export const provider = defineProvider({
  kind: 'provider',
  name: 'Medicare',
  category: 'Health Plan',
  keywords,
  checkedOn: '2026-11-22',
  sources: ['CMSgov bluebutton-web-server', 'CMSgov bluebutton-site-static'],
  uncertain,
  terms,
  successor: 'blueButton3',
  regions,
  fhirBase: 'https://{host}/v2/fhir',
  auth: { ...authorizeAt('https://{host}/v2'), scopes: medicareScopes },
  errors,
  rateLimits,
  delivery,
});
