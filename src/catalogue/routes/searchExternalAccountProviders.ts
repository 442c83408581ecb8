import { defineDelegatedRoute } from '../../access/delegatedRoute.ts';
import { ProviderPage } from '../../contract/provider.ts';
import { offerProviders, readSituation } from '../offerProviders.ts';
import {
  parseCategory,
  parsePage,
  parseSearchText,
  providerQueryParameters,
} from '../search/providerQuery.ts';

/** How a participant finds her hospital, health plan or device. */
export const route = defineDelegatedRoute({
  operationID: 'searchExternalAccountProviders',
  method: 'GET',
  path: '/api/v1/delegated/externalaccountproviders',
  summary: 'Search for providers',
  description:
    'Providers of the categories that the study uses, in the order of their names; names that begin with a digit come last. Where little is found, providers with a slip of the pen follow.',
  scope: 'ExternalAccounts:read',
  query: providerQueryParameters,
  answers: { 200: { description: 'A page of providers.', content: { 'application/json': ProviderPage } } },
  answer: async (call, services, caller) => {
    const text = parseSearchText('search', call.query.search);
    const category = parseCategory(call.query.category);
    const page = parsePage(call.query, 0);
    const situation = await readSituation(services.database, caller);
    const { categories } = situation;
    const found = await services.providerSearch.find({
      ...(text === undefined ? {} : { text }),
      categories: category === undefined ? categories : categories.filter((used) => used === category),
      ...page,
    });
    const body: ProviderPage = {
      externalAccountProviders: await offerProviders(services, situation, found.providers),
      totalExternalAccountProviders: found.total,
    };
    return { status: 200, body };
  },
});
