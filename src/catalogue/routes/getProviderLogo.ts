import { defineLogoRoute } from '../logos/defineLogoRoute.ts';

/** Where `logoUrl` of a provider points. */
export const route = defineLogoRoute({
  operationID: 'getProviderLogo',
  path: '/api/v1/delegated/externalaccountproviders/:providerID/logo',
  summary: 'The logo of a provider',
});
