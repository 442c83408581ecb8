import { Type } from 'typebox';
import type { Route } from '../../platform/http/defineRoute.ts';
import { defineDelegatedRoute } from '../delegatedRoute.ts';
import type { ParticipantScope } from '../tokens/participantScopes.ts';

/**
 * A list of the platform that never has anything here: pages that ask for it first show the rest then. Whatever it is
 * narrowed by, it is empty, so that any parameter is accepted.
 */
export function defineEmptyList(list: {
  readonly operationID: string;
  readonly path: string;
  readonly scope: ParticipantScope;
  /** Name of the list in the answer. */
  readonly member: string;
  readonly summary: string;
}): Route<unknown> {
  const { operationID, path, scope, member, summary } = list;
  const Empty = Type.Object(
    { [member]: Type.Array(Type.Unknown(), { maxItems: 0 }) },
    { additionalProperties: false },
  );
  return defineDelegatedRoute({
    operationID,
    method: 'GET',
    path,
    summary,
    description: 'Never any: this is not served here. Parameters of any kind are accepted.',
    scope,
    readsQuery: true,
    answers: { 200: { description: 'None.', content: { 'application/json': Empty } } },
    answer: () => Promise.resolve({ status: 200, body: { [member]: [] } }),
  });
}
