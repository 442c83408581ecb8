import { Type } from 'typebox';
import { Guid } from '../../contract/scalars.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { defineRoute } from '../../platform/http/defineRoute.ts';
import { entityTag, isKnownTo } from '../../platform/http/entityTag.ts';
import { notFound } from '../../platform/http/errors.ts';
import { findProjectLogo } from '../../projects/projectProfiles.ts';
import type { CatalogueParts } from '../catalogueParts.ts';
import { drawMonogram } from '../logos/monogram.ts';

const absent = () => {
  throw new DomainError(notFound, 'There is no such project.');
};

/** Where `organization.logoUrl` of a study points. Here, because this is where pictures are drawn. */
export const route = defineRoute({
  operationID: 'getProjectLogo',
  method: 'GET',
  path: '/api/v1/public/projects/:projectID/logo',
  summary: "The logo of a study's organization",
  description:
    'For everybody, as logos of providers are. The initials of the organization where none is stored.',
  caller: 'none',
  parameters: Type.Object({ projectID: Guid }),
  answers: {
    200: { description: 'The picture.', content: { 'image/png': Type.Unknown() } },
    304: { description: 'The client has the picture already.' },
    404: { description: 'There is no such project.' },
  },
  absent,
  answer: async ({ parameters: { projectID }, request }, { database }: CatalogueParts) => {
    const found = await findProjectLogo(database, projectID);
    if (found === undefined) return absent();
    const { png, digest } = found.logo ?? (await drawMonogram(found.name));
    const headers = {
      etag: entityTag(digest),
      'cache-control': 'public, max-age=86400',
      'cross-origin-resource-policy': 'cross-origin',
    };
    return isKnownTo(request.headers['if-none-match'], headers.etag)
      ? { status: 304, headers }
      : { status: 200, headers, contentType: 'image/png', body: png };
  },
});
