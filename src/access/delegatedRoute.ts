import type { TObject, TSchema } from 'typebox';
import { ProblemBody } from '../contract/problem.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import {
  defineRoute,
  type DescribedAnswer,
  type NoFields,
  type Route,
  type RouteDefinition,
} from '../platform/http/defineRoute.ts';
import type { Caller } from './admit.ts';
import type { ParticipantCaller } from './tokens/participantCaller.ts';
import { insufficientScope } from './errors.ts';
import type { ParticipantScope } from './tokens/participantScopes.ts';
import { refuseToken, requireToken } from './tokens/requireToken.ts';

/**
 * A route as its file declares it. `answer` is called for a participant whose token allows `scope`: `call.caller`. Every
 * row that it reads or changes must be bound to the caller's project and participant: nothing else in the request says
 * whose data is meant.
 */
export interface DelegatedRouteDefinition<
  Parts,
  Parameters extends TObject,
  Query extends TObject,
  Form extends TSchema,
> extends Omit<
  RouteDefinition<Caller, ParticipantCaller, Parts, Parameters, Query, Form>,
  'caller' | 'scope' | 'browsers' | 'authorize'
> {
  /** What the participant's token must allow. */
  readonly scope: ParticipantScope;
}

/**
 * Declares a route of the delegated API: only a participant's own token gets through to `answer`, and browsers of
 * any origin may call it.
 *
 * Who has no valid token is told so before anything else is looked at. A service account's token is not valid
 * here: it stands for no participant.
 *
 * @throws {DomainError} when called over HTTP: `unauthorized`, `insufficient-scope`
 */
export function defineDelegatedRoute<
  Parts = unknown,
  Parameters extends TObject = NoFields,
  Query extends TObject = NoFields,
  Form extends TSchema = NoFields,
>(definition: DelegatedRouteDefinition<Parts, Parameters, Query, Form>): Route<Parts> {
  const { scope } = definition;
  return defineRoute({
    ...definition,
    caller: 'participant',
    browsers: true,
    answers: { ...refusals, ...definition.answers },
    authorize: (visitor: Caller) => requireParticipant(visitor, scope),
  });
}

function requireParticipant(visitor: Caller, scope: ParticipantScope): ParticipantCaller {
  const caller = requireToken(visitor);
  if (caller.kind !== 'participant')
    throw refuseToken('The access token is of a service account; a token of a participant is needed here.');
  if (!caller.participant.scopes.includes(scope))
    throw new DomainError(insufficientScope, `The access token lacks the scope ${scope}.`, {
      'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"`,
    });
  return caller.participant;
}

const problem = (description: string): DescribedAnswer => ({
  description,
  content: { 'application/problem+json': ProblemBody },
});

const refusals: Readonly<Record<number, DescribedAnswer>> = {
  401: problem('No access token, or one that is not valid.'),
  403: problem('The access token lacks the scope.'),
  429: problem('The requests of this hour are used up.'),
};
