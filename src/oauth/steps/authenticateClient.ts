import { importPKCS8 } from 'jose';
import {
  ClientSecretPost,
  modifyAssertion,
  None,
  PrivateKeyJwt,
  type ClientAuth,
  type JsonValue,
} from 'oauth4webapi';
import type { Clock } from '../../platform/time/clock.ts';
import { nameKey } from '../clientKeys.ts';
import type { ChosenMethod } from './chooseMethod.ts';

/** Servers refuse assertions that live longer than five minutes (SMART App Launch 2.2, "Asymmetric Authentication"). */
const assertionLifetimeS = 240;
/** So that no server takes an assertion for one from the future, because its clock is behind ours. */
const issuedBeforeS = 5;

/** What proves to one endpoint that the client is ours; for one request. */
export async function authenticateClient(
  chosen: ChosenMethod,
  { audience, clock }: { readonly audience: string; readonly clock: Clock },
): Promise<ClientAuth> {
  switch (chosen.method) {
    case 'none':
      return None();
    case 'client_secret_basic': {
      const secret = chosen.secret.reveal();
      return (_server, client, _body, headers) => {
        headers.set('authorization', basicCredentials(client.client_id, secret));
      };
    }
    // Whoever sends the request moves those of the query there.
    case 'client_secret_post':
    case 'client_secret_query':
      return ClientSecretPost(chosen.secret.reveal());
    case 'private_key_jwt': {
      const key = await importPKCS8(chosen.privateKey.reveal(), chosen.algorithm);
      const kid = await nameKey(chosen.privateKey);
      const prove = PrivateKeyJwt(
        { key, kid },
        {
          [modifyAssertion]: (header, payload) => {
            header['typ'] = 'JWT';
            Object.assign(payload, claimsFor(audience, clock));
            delete payload['nbf'];
          },
        },
      );
      return async (server, of, body, headers) => {
        await prove(server, of, body, headers);
        // The assertion says who we are, and SMART App Launch leaves it out ("Obtain access token").
        body.delete('client_id');
      };
    }
  }
}

/**
 * The audience is one string, the very address that the assertion is sent to: what a lying server gets is good for
 * nobody else (draft-ietf-oauth-security-topics-update, "Audience Injection Attacks").
 */
function claimsFor(audience: string, clock: Clock): Record<string, JsonValue> {
  const now = Math.floor(clock.now() / 1_000);
  return { aud: audience, iat: now - issuedBeforeS, exp: now + assertionLifetimeS };
}

/**
 * RFC 6749 section 2.3.1: both parts are form-encoded. As browsers encode a form, which leaves hyphens and dots as
 * they are: servers that do not decode take most identifiers all the same.
 */
export function basicCredentials(clientID: string, secret: string): string {
  const encode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(clientID)}:${encode(secret)}`).toString('base64')}`;
}
