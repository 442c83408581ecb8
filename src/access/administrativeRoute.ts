import { Type } from 'typebox';
import { ProblemBody } from '../contract/problem.ts';
import { Guid, parseGuid } from '../contract/scalars.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { notFound } from '../platform/http/errors.ts';
import {
  defineRoute,
  type Answer,
  type Call,
  type DescribedAnswer,
  type RouteDefinition,
  type Services,
  type UnreadCall,
} from '../platform/http/defineRoute.ts';
import type { ServiceCaller } from './tokens/checkAccessToken.ts';
import { refuseToken, requireToken } from './tokens/requireToken.ts';

export interface AdministrativeRouteDefinition extends Omit<
  RouteDefinition,
  'caller' | 'authorize' | 'answer'
> {
  answer(call: Call, services: Services, caller: ServiceCaller): Promise<Answer>;
}

/**
 * Declares a route of the administrative API: its path names `:projectID`, and only a service account of that
 * project gets through to `answer`.
 *
 * Who has no valid token is told so before anything else is looked at; another project is answered like one that
 * does not exist.
 *
 * @throws {DomainError} when called over HTTP: `unauthorized`, `not-found`
 */
export function defineAdministrativeRoute(definition: AdministrativeRouteDefinition): RouteDefinition {
  if (!definition.path.includes('/:projectID'))
    throw new Error(`${definition.operationID}: no :projectID in its path`);
  return defineRoute({
    ...definition,
    caller: 'serviceAccount',
    parameters: Type.Object({ projectID: Guid, ...definition.parameters?.properties }),
    answers: { ...refusals, ...definition.answers },
    authorize: (call) => {
      requireCaller(call);
    },
    answer: (call, services) => definition.answer(call, services, requireCaller(call)),
  });
}

function requireCaller(call: UnreadCall): ServiceCaller {
  const caller = requireToken(call.request);
  if (caller.kind !== 'serviceAccount')
    throw refuseToken('The access token is of a participant; a token of a service account is needed here.');
  if (parseGuid(call.parameters.projectID ?? '') !== caller.account.projectID)
    throw new DomainError(notFound, 'There is no such project.');
  return caller.account;
}

const problem = (description: string): DescribedAnswer => ({
  description,
  content: { 'application/problem+json': ProblemBody },
});

const refusals: Readonly<Record<number, DescribedAnswer>> = {
  401: problem('No access token, or one that is not valid.'),
  404: problem('No such project, or not yours.'),
  429: problem('The requests of this hour are used up.'),
};
