import { createPublicKey, type KeyObject } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, type JWTVerifyResult } from 'jose';
import type { PlayedProvider } from '../played/playedProvider.ts';
import { thumbprint } from './signingKeys.ts';

/** Seconds that an assertion may reach into the future (SMART App Launch 2.2, "Asymmetric Authentication"). */
const lifetimeMaxS = 300;
/** Seconds that a client's clock may be ahead (FAPI 2.0 asks for tolerance of 10 and forbids 60). */
const aheadMaxS = 10;
const lengthMax = 10_000;

/**
 * What is wrong with a client's assertion, or undefined when it proves who sent it (RFC 7523 section 3).
 *
 * Signed by a registered key (the one in use, or the one that follows), which `kid` names by its thumbprint; by an
 * algorithm that the definition allows; `iss` and `sub` are the client, `aud` is exactly one text and this address;
 * at most five minutes long; and its `jti` was never seen before.
 */
export async function checkAssertion(
  provider: PlayedProvider,
  assertion: string,
  { audience, algorithms }: { readonly audience: string; readonly algorithms: readonly string[] },
): Promise<string | undefined> {
  const { clientID } = provider.credentials;
  const key = findKey(provider, assertion);
  if (key === undefined) return 'assertion: no such key';
  const now = provider.now();
  let verified: JWTVerifyResult;
  try {
    verified = await jwtVerify(assertion, key, {
      algorithms: [...algorithms],
      issuer: clientID,
      subject: clientID,
      audience,
      typ: 'JWT',
      requiredClaims: ['exp', 'jti'],
      currentDate: new Date(now),
    });
  } catch (error) {
    return error instanceof errors.JOSEError ? `assertion: ${error.code}` : 'assertion unreadable';
  }
  const { payload } = verified;
  if (payload.aud !== audience) return 'assertion: aud is not one text';
  const nowS = now / 1_000;
  if ((payload.exp ?? 0) > nowS + lifetimeMaxS + aheadMaxS) return 'assertion: too long';
  if ((payload.iat ?? 0) > nowS + aheadMaxS) return 'assertion: from the future';
  const { jti = '', exp = 0 } = payload;
  return provider.assertions.spend(jti, exp * 1_000) ? undefined : 'assertion: used before';
}

function findKey({ credentials }: PlayedProvider, assertion: string): KeyObject | undefined {
  const { privateKey, nextPrivateKey } = credentials;
  if (assertion.length > lengthMax) return undefined;
  try {
    const { kid } = decodeProtectedHeader(assertion);
    return [privateKey, nextPrivateKey]
      .flatMap((key) => (key === undefined ? [] : [createPublicKey(key.reveal())]))
      .find((key) => thumbprint(key) === kid);
  } catch {
    return undefined;
  }
}
