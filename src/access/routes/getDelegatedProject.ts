import { DelegatedProject } from '../../contract/project.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { findProjectProfile } from '../../projects/projectProfiles.ts';
import type { AccessParts } from '../accessParts.ts';
import { defineDelegatedRoute } from '../delegatedRoute.ts';
import { refuseToken } from '../tokens/requireToken.ts';

/** Of an organization that has said nothing. */
const usualColor = '#2f5d8a';

/** Here and not with the projects: those lie below access, which a route needs. */
export const route = defineDelegatedRoute({
  operationID: 'getDelegatedProject',
  method: 'GET',
  path: '/api/v1/delegated/project',
  summary: "The participant's study",
  description:
    'As an operator has described it. An organization that was not described has the ID and the name of the study, and its initials for a logo.',
  scope: 'Project:read',
  answers: { 200: { description: 'The study.', content: { 'application/json': DelegatedProject } } },
  answer: async ({ caller: { projectID } }, { database, publicUrl }: AccessParts) => {
    const profile = await findProjectProfile(database, projectID);
    // Deleted in the seconds for which a token is remembered.
    if (profile === undefined) throw refuseToken('The study is not there any more.');
    const platforms: string[] = [];
    const body: DelegatedProject = omitUndefined({
      id: projectID,
      name: profile.name,
      description: profile.description ?? undefined,
      code: profile.code ?? '',
      type: profile.type ?? 'Research Study',
      organization: omitUndefined({
        id: profile.organizationID ?? projectID,
        name: profile.organizationName ?? profile.name,
        description: profile.organizationDescription ?? undefined,
        logoUrl: `${publicUrl}/api/v1/public/projects/${projectID}/logo`,
        color: profile.organizationColor ?? usualColor,
      }),
      supportEmail: profile.supportEmail ?? undefined,
      supportPhone: profile.supportPhone ?? undefined,
      learnMoreLink: profile.learnMoreLink ?? undefined,
      learnMoreTitle: profile.learnMoreTitle ?? undefined,
      platforms,
    });
    return { status: 200, body };
  },
});
