import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { PlayedGrant } from './grantStore.ts';

/** Seconds for which an identity token is good. */
const lifetimeS = 300;

/** What a SMART server adds to a token answer: an identity token, once, where `openid` was granted. */
export function identifyPerson(
  provider: PlayedProvider,
  grant: PlayedGrant,
  phase: 'token' | 'refresh',
): Readonly<Record<string, unknown>> {
  if (grant.fhirBase === undefined) return {};
  const banner = { need_patient_banner: true };
  if (phase === 'refresh' || !grant.scopes.includes('openid')) return banner;
  const nowS = Math.floor(provider.now() / 1_000);
  const claims = omitUndefined({
    iss: grant.fhirBase,
    sub: grant.login.key,
    aud: provider.credentials.clientID,
    iat: nowS,
    exp: nowS + lifetimeS,
    nonce: grant.nonce,
    fhirUser: grant.scopes.includes('fhirUser') ? `${grant.fhirBase}/${grant.login.fhirUser}` : undefined,
    name: grant.scopes.includes('profile') ? grant.login.name : undefined,
  });
  return { ...banner, id_token: provider.keys.sign(claims, signatureOf(provider)) };
}

/** ES256 where the vendor knows elliptic curves, RS256 elsewhere: clients have to read both. */
function signatureOf({ auth }: PlayedProvider): 'RS256' | 'ES256' {
  const takesCurves = auth.clientAuthentication.some(
    (way) => way.method === 'private_key_jwt' && way.algorithms.some((name) => name.startsWith('ES')),
  );
  return takesCurves ? 'ES256' : 'RS256';
}
