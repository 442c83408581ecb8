import type { FindRoute } from '../server/route.ts';
import { pageRoute, tokenRoute } from './authorizationRoute.ts';
import { introspectToken } from './introspectToken.ts';
import { personOfToken } from './personOf.ts';
import { revokeByEndpoint } from './revoke.ts';
import { answerConfiguration, answerMetadata, findSmartPlace } from './smartServer.ts';
import { readGrantType } from './tokenEndpoint.ts';
import { buildFailure } from '../played/buildFailure.ts';

/** Discovery and authorization of a SMART server, below whatever FHIR base it is asked. */
export const smartRoute: FindRoute = (provider, call) => {
  if (provider.auth.kind !== 'smart') return undefined;
  const found = findSmartPlace(call.url);
  if (found === undefined) return undefined;
  const { place, base } = found;
  const { method, fields } = call;
  switch (place) {
    case 'smart-configuration':
    case 'openid-configuration':
      return method === 'GET'
        ? { operation: 'discovery', answer: () => answerConfiguration(provider, call, base) }
        : undefined;
    case 'metadata':
      return method === 'GET'
        ? { operation: 'discovery', answer: () => answerMetadata(provider, base) }
        : undefined;
    case 'keys':
      return { operation: 'keys', answer: () => ({ status: 200, json: provider.keys.publicKeys() }) };
    case 'authorize':
      return pageRoute(provider, call, base);
    case 'token': {
      const type = readGrantType(provider, call);
      return type === undefined
        ? { operation: 'token', answer: () => buildFailure(provider, 'token', 'failed') }
        : tokenRoute(provider, call, type);
    }
    case 'introspect':
      return { operation: 'introspect', answer: () => introspectToken(provider, call) };
    case 'revoke':
      return {
        operation: 'revoke',
        ...personOfToken(provider, fields.get('token') ?? ''),
        answer: () => revokeByEndpoint(provider, call),
      };
  }
};
