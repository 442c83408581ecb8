import { DelegatedProject } from '../../contract/project.ts';
import { findProject } from '../../projects/projects.ts';
import type { AccessParts } from '../accessParts.ts';
import { defineDelegatedRoute } from '../delegatedRoute.ts';
import { refuseToken } from '../tokens/requireToken.ts';

/** Here and not with the projects: those lie below access, which a route needs. */
export const route = defineDelegatedRoute({
  operationID: 'getDelegatedProject',
  method: 'GET',
  path: '/api/v1/delegated/project',
  summary: "The participant's study",
  description:
    'No description, code, type, support address, link, organization or platforms are kept: the last two are empty, the others are left out.',
  scope: 'Project:read',
  answers: { 200: { description: 'The study.', content: { 'application/json': DelegatedProject } } },
  answer: async ({ caller: { projectID } }, { database }: AccessParts) => {
    const project = await findProject(database, projectID);
    // Deleted in the seconds for which a token is remembered.
    if (project === undefined) throw refuseToken('The study is not there any more.');
    const body: DelegatedProject = { id: projectID, name: project.name, organization: {}, platforms: [] };
    return { status: 200, body };
  },
});
