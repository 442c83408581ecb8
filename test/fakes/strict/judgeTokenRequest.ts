import { createHash } from 'node:crypto';
import type { Accuse } from './rules.ts';

/** A code that was given out, and what has to come back with it. */
export interface GivenCode {
  readonly redirectUri: string;
  readonly challenge: string;
  readonly scope: string;
  readonly nonce: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Whether the answer that carried it said whose it is, in the way that the server announces. */
  readonly hadRightIssuer: boolean;
  isUsed: boolean;
}

/** Judges what is asked of the token endpoint; gives the code whose tokens are due, if nothing speaks against it. */
export function judgeTokenRequest(
  parameters: ReadonlyMap<string, string>,
  { codes, now }: { readonly codes: ReadonlyMap<string, GivenCode>; readonly now: number },
  accuse: Accuse,
): GivenCode | undefined {
  if (parameters.get('grant_type') !== 'authorization_code') accuse('grant-type');
  const verifier = parameters.get('code_verifier');
  if (verifier === undefined) accuse('verifier-missing');
  else if (!/^[A-Za-z0-9\-._~]{43,128}$/.test(verifier)) accuse('verifier-form');
  const text = parameters.get('code');
  const code = codes.get(text ?? '');
  if (code === undefined) {
    accuse(text === undefined ? 'code-missing' : 'code-unknown');
    return undefined;
  }
  if (!code.hadRightIssuer) accuse('code-after-wrong-issuer');
  if (code.isUsed) accuse('code-reused');
  code.isUsed = true;
  if (code.expiresAt < now) accuse('code-late');
  if (parameters.get('redirect_uri') !== code.redirectUri) accuse('redirect-uri-same');
  if (verifier !== undefined && createHash('sha256').update(verifier).digest('base64url') !== code.challenge)
    accuse('verifier-wrong');
  return code;
}
