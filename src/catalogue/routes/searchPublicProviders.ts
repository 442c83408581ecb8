import { PublicProviderPage } from '../../contract/provider.ts';
import { defineRoute } from '../../platform/http/defineRoute.ts';
import { describePublicProvider } from '../search/publicProviders.ts';
import { parsePage, parseSearchText, publicQueryParameters } from '../search/providerQuery.ts';

/** The search of pages that run without a participant. */
export const route = defineRoute({
  operationID: 'searchPublicProviders',
  method: 'GET',
  path: '/api/fhirpublicproviders',
  summary: 'Search for providers without a participant',
  description: 'All providers of this installation, in the order of their names.',
  caller: 'none',
  browsers: true,
  query: publicQueryParameters,
  answers: {
    200: { description: 'A page of providers.', content: { 'application/json': PublicProviderPage } },
  },
  answer: async (call, services) => {
    const text = parseSearchText('keyword', call.query.keyword);
    const page = parsePage(call.query, 1);
    const found = await services.providerSearch.find({ ...(text === undefined ? {} : { text }), ...page });
    const body: PublicProviderPage = {
      Providers: found.providers.map((provider) => describePublicProvider(services.publicUrl, provider)),
      TotalCount: found.total,
    };
    return { status: 200, body };
  },
});
