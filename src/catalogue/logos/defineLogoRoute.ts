import { Type } from 'typebox';
import { IntegerID } from '../../contract/scalars.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { defineRoute, type Route } from '../../platform/http/defineRoute.ts';
import { entityTag, isKnownTo } from '../../platform/http/entityTag.ts';
import { notFound } from '../../platform/http/errors.ts';
import type { CatalogueParts } from '../catalogueParts.ts';
import { findLogo } from './findLogo.ts';

/** A day: a list of providers costs one request for each picture, and pictures hardly ever change. */
const keptForS = 86_400;

const absent = () => {
  throw new DomainError(notFound, 'There is no provider with this number.');
};

/**
 * A route that answers a provider's picture; clients know it under two paths.
 *
 * It asks for no token, because browsers send none for an image, and lets pages of every origin show it: the
 * applications of a study run on origins of their own. Counted for the address like every public route.
 */
export function defineLogoRoute(
  naming: Pick<Route, 'operationID' | 'path' | 'summary'>,
): Route<CatalogueParts> {
  return defineRoute({
    ...naming,
    method: 'GET',
    caller: 'none',
    description:
      'At most 256 pixels a side. The initials of the name where no logo is stored. May be kept for a day, and compared with If-None-Match afterwards.',
    parameters: Type.Object({ providerID: IntegerID }),
    answers: {
      200: { description: 'The picture.', content: { 'image/png': Type.Unknown() } },
      304: { description: 'The client has the picture already.' },
      404: { description: 'There is no such provider.' },
    },
    absent,
    answer: async ({ parameters, request }, { database }: CatalogueParts) => {
      const logo = await findLogo(database, parameters.providerID);
      if (logo === undefined) return absent();
      const headers = {
        etag: entityTag(logo.digest),
        'cache-control': `public, max-age=${keptForS}`,
        'cross-origin-resource-policy': 'cross-origin',
      };
      return isKnownTo(request.headers['if-none-match'], headers.etag)
        ? { status: 304, headers }
        : { status: 200, headers, contentType: 'image/png', body: logo.png };
    },
  });
}
