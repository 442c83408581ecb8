import { matchCall } from '../played/matchCall.ts';
import type { FindRoute } from '../server/route.ts';
import { admitToken, answerConnectCall, answerGrantedScopes, answerUserID } from './connectCalls.ts';
import { personOfToken } from './personOf.ts';
import { readBearer } from './readBearer.ts';

/** The calls that complete a connection: who she is, what she granted, and what the vendor wants to be told. */
export const connectRoute: FindRoute = (provider, call) => {
  const { auth, values } = provider;
  const { userID, grantedScopes, afterConnect = [] } = auth;
  const shown = readBearer(call);
  const person = personOfToken(provider, shown ?? '');
  // A list that names her is data like any other, at the same address.
  const source = userID.find(
    (one) =>
      one.from === 'call' && one.listAt === undefined && matchCall(one.call, call, values) !== undefined,
  );
  if (source?.from === 'call')
    return {
      operation: 'user-id',
      ...person,
      answer: () => {
        const token = admitToken(provider, shown, 'connect');
        if ('refused' in token) return token.refused;
        const known = provider.answerData(call, token.grant);
        return answerUserID(provider, token.grant, { source, known });
      },
    };
  if (grantedScopes.from === 'call' && matchCall(grantedScopes.call, call, values) !== undefined)
    return {
      operation: 'granted-scopes',
      ...person,
      answer: () => {
        const token = admitToken(provider, shown, 'connect');
        return 'refused' in token ? token.refused : answerGrantedScopes(provider, token.grant);
      },
    };
  for (const [index, how] of afterConnect.entries()) {
    const match = matchCall(how, call, values);
    if (match !== undefined)
      return {
        operation: 'connect',
        ...person,
        answer: () => {
          const token = admitToken(provider, shown, 'connect');
          return 'refused' in token
            ? token.refused
            : answerConnectCall(provider, token.grant, { how, match, index });
        },
      };
  }
  return undefined;
};
