import { defineLogoRoute } from '../logos/defineLogoRoute.ts';

/** The path that older exports of the platform have in their `logoUrl`. */
export const route = defineLogoRoute({
  operationID: 'getProviderLogoByExportedPath',
  path: '/api/fhirproviderslogo/:providerID',
  summary: 'The logo of a provider, under the path of older exports',
});
