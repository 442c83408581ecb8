import { defineDelegatedRoute } from '../../access/delegatedRoute.ts';
import { ProviderPage } from '../../contract/provider.ts';
import type { CatalogueParts } from '../catalogueParts.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { listFor, offerProviders, readSituation } from '../offerProviders.ts';
import { placePage, providerQueryParameters, trimSearch } from '../search/providerQuery.ts';

/** How a participant finds her hospital, health plan or device. */
export const route = defineDelegatedRoute({
  operationID: 'searchExternalAccountProviders',
  method: 'GET',
  path: '/api/v1/delegated/externalaccountproviders',
  summary: 'Search for providers',
  description:
    'Providers that the participant can connect or has connected, of the categories that the study uses, in the order of their names; names that begin with a digit come last. Where little is found, providers with a slip of the pen follow.',
  scope: 'ExternalAccounts:read',
  blankIsAbsent: true,
  query: providerQueryParameters,
  answers: { 200: { description: 'A page of providers.', content: { 'application/json': ProviderPage } } },
  answer: async ({ caller, query }, parts: CatalogueParts) => {
    const situation = await readSituation(parts.database, caller);
    const { categories } = situation;
    const { category } = query;
    const found = await parts.providerSearch.find(
      omitUndefined({
        text: trimSearch(query.search),
        categories: category === undefined ? categories : categories.filter((used) => used === category),
        isListed: query.includeUnavailable === 'true' ? undefined : await listFor(parts.database, situation),
        ...placePage(query, 0),
      }),
    );
    const body: ProviderPage = {
      externalAccountProviders: await offerProviders(parts, situation, found.providers),
      totalExternalAccountProviders: found.total,
    };
    return { status: 200, body };
  },
});
