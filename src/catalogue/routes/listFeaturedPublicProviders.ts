import { Type } from 'typebox';
import { PublicProvider } from '../../contract/provider.ts';
import { defineRoute } from '../../platform/http/defineRoute.ts';
import type { CatalogueParts } from '../catalogueParts.ts';
import { isOpenToAll } from '../offerFacts.ts';
import { findFeatured } from '../featuredProviders.ts';
import { publicFeaturedQueryParameters } from '../search/providerQuery.ts';
import { findProviders } from '../offerProviders.ts';
import { describePublicProvider } from '../search/publicProviders.ts';

/** What a page that runs without a participant shows before anybody types anything. */
export const route = defineRoute({
  operationID: 'listFeaturedPublicProviders',
  method: 'GET',
  path: '/api/featuredfhirpublicproviders',
  summary: 'List featured providers without a participant',
  description:
    'Those that the operator features for the whole installation, as far as they can be connected.',
  caller: 'none',
  browsers: true,
  blankIsAbsent: true,
  query: publicFeaturedQueryParameters,
  answers: {
    200: {
      description: 'In the order that the operator chose.',
      content: { 'application/json': Type.Array(PublicProvider) },
    },
  },
  answer: async ({ query: { featuredProvidersContext = '' } }, parts: CatalogueParts) => {
    const { database, publicUrl } = parts;
    const ids = await findFeatured(database, null, featuredProvidersContext);
    const providers = await findProviders(database, ids);
    return {
      status: 200,
      body: providers
        .filter((provider) => isOpenToAll(parts, provider))
        .map((provider) => describePublicProvider(publicUrl, provider)),
    };
  },
});
