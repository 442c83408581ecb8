import { PublicProviderPage } from '../../contract/provider.ts';
import { defineRoute } from '../../platform/http/defineRoute.ts';
import type { CatalogueParts } from '../catalogueParts.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { ProviderFacts } from '../offerFacts.ts';
import { describePublicProvider } from '../search/publicProviders.ts';
import { placePage, publicQueryParameters, trimSearch } from '../search/providerQuery.ts';

const isOpenToEverybody = (_provider: ProviderFacts, isOpen: boolean) => isOpen;

/** The search of pages that run without a participant. */
export const route = defineRoute({
  operationID: 'searchPublicProviders',
  method: 'GET',
  path: '/api/fhirpublicproviders',
  summary: 'Search for providers without a participant',
  description:
    'The providers of this installation that can be connected, in the order of their names; a study may use fewer.',
  caller: 'none',
  browsers: true,
  blankIsAbsent: true,
  query: publicQueryParameters,
  answers: {
    200: { description: 'A page of providers.', content: { 'application/json': PublicProviderPage } },
  },
  answer: async ({ query }, { providerSearch, publicUrl }: CatalogueParts) => {
    const text = trimSearch(query.keyword);
    const found = await providerSearch.find(
      omitUndefined({ text, isListed: isOpenToEverybody, ...placePage(query, 1) }),
    );
    const body: PublicProviderPage = {
      Providers: found.providers.map((provider) => describePublicProvider(publicUrl, provider)),
      TotalCount: found.total,
    };
    return { status: 200, body };
  },
});
