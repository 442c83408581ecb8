import { Type, type TObject, type TSchema } from 'typebox';
import { ProblemBody } from '../contract/problem.ts';
import { Guid, parseGuid } from '../contract/scalars.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { notFound } from '../platform/http/errors.ts';
import {
  defineRoute,
  type DescribedAnswer,
  type NoFields,
  type Route,
  type RouteDefinition,
} from '../platform/http/defineRoute.ts';
import type { Caller } from './admit.ts';
import type { ServiceCaller } from './tokens/serviceCaller.ts';
import { refuseToken, requireToken } from './tokens/requireToken.ts';

/** A route as its file declares it; `call.caller` is the service account, `call.caller.projectID` the project. */
export type AdministrativeRouteDefinition<
  Parts,
  Parameters extends TObject,
  Query extends TObject,
  Form extends TSchema,
> = Omit<RouteDefinition<Caller, ServiceCaller, Parts, Parameters, Query, Form>, 'caller' | 'authorize'>;

/**
 * Declares a route of the administrative API: its path names `:projectID`, and only a service account of that
 * project gets through to `answer`. The other parameters of the path are declared by the route.
 *
 * Who has no valid token is told so before anything else is looked at; another project is answered like one that
 * does not exist.
 *
 * @throws {DomainError} when called over HTTP: `unauthorized`, `not-found`
 */
export function defineAdministrativeRoute<
  Parts = unknown,
  Parameters extends TObject = NoFields,
  Query extends TObject = NoFields,
  Form extends TSchema = NoFields,
>(definition: AdministrativeRouteDefinition<Parts, Parameters, Query, Form>): Route<Parts> {
  if (!definition.path.includes('/:projectID'))
    throw new Error(`${definition.operationID}: no :projectID in its path`);
  return defineRoute({
    ...definition,
    caller: 'serviceAccount',
    // The types leave out projectID: the caller has it.
    parameters: Type.Object({
      projectID: Guid,
      ...definition.parameters?.properties,
    }) as unknown as Parameters,
    answers: { ...refusals, ...definition.answers },
    authorize: requireServiceAccount,
  });
}

function requireServiceAccount(
  visitor: Caller,
  parameters: Readonly<Record<string, string | undefined>>,
): ServiceCaller {
  const caller = requireToken(visitor);
  if (caller.kind !== 'serviceAccount')
    throw refuseToken('The access token is of a participant; a token of a service account is needed here.');
  if (parseGuid(parameters['projectID'] ?? '') !== caller.account.projectID)
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
