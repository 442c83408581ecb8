import { Type } from 'typebox';
import { defineDelegatedRoute } from '../../access/delegatedRoute.ts';
import { ProviderObject } from '../../contract/provider.ts';
import type { CatalogueParts } from '../catalogueParts.ts';
import { findFeatured } from '../featuredProviders.ts';
import { findProviders, isListed, offerProviders, readSituation } from '../offerProviders.ts';
import { featuredQueryParameters } from '../search/providerQuery.ts';

/** What a participant sees before she types anything. */
export const route = defineDelegatedRoute({
  operationID: 'listFeaturedExternalAccountProviders',
  method: 'GET',
  path: '/api/v1/delegated/featuredexternalaccountproviders',
  summary: 'List featured providers',
  description: 'Those that the participant can connect or has connected.',
  scope: 'ExternalAccounts:read',
  blankIsAbsent: true,
  query: featuredQueryParameters,
  answers: {
    200: {
      description: 'In the order that the study chose.',
      content: { 'application/json': Type.Array(ProviderObject) },
    },
  },
  answer: async ({ caller, query }, parts: CatalogueParts) => {
    const { featuredProvidersContext = '', includeUnavailable } = query;
    const { database } = parts;
    const ids = await findFeatured(database, caller.projectID, featuredProvidersContext);
    const providers = await findProviders(database, ids);
    const situation = await readSituation(database, caller);
    const offered = await offerProviders(parts, situation, providers);
    const listed =
      includeUnavailable === 'true' ? offered : offered.filter((provider) => isListed(situation, provider));
    return { status: 200, body: listed };
  },
});
