import { Type } from 'typebox';
import { defineDelegatedRoute } from '../../access/delegatedRoute.ts';
import { ProviderObject } from '../../contract/provider.ts';
import { findFeatured } from '../featuredProviders.ts';
import { findProviders, offerProviders, readSituation } from '../offerProviders.ts';
import { parseContext, featuredQueryParameters } from '../search/providerQuery.ts';

/** What a participant sees before she types anything. */
export const route = defineDelegatedRoute({
  operationID: 'listFeaturedExternalAccountProviders',
  method: 'GET',
  path: '/api/v1/delegated/featuredexternalaccountproviders',
  summary: 'List featured providers',
  scope: 'ExternalAccounts:read',
  query: featuredQueryParameters,
  answers: {
    200: {
      description: 'In the order that the study chose.',
      content: { 'application/json': Type.Array(ProviderObject) },
    },
  },
  answer: async (call, services, caller) => {
    const ids = await findFeatured(services.database, caller.projectID, parseContext(call.query));
    const providers = await findProviders(services.database, ids);
    const situation = await readSituation(services.database, caller);
    return { status: 200, body: await offerProviders(services, situation, providers) };
  },
});
