import { randomBytes } from 'node:crypto';
import type { Credentials } from '../../../src/definitions/credentials.ts';
import type { ClientAuthentication } from '../../../src/definitions/shape/auth.ts';
import { Secret } from '../../../src/platform/config/secret.ts';
import { registeredPair } from '../registeredKeys.ts';
import type { RegisteredProof } from './judgeClient.ts';

/** Only characters that RFC 6749 Appendix A allows, and many of those that Basic has to encode. */
const clientID = 'strict:client/1+%41';

/** The one client of a strict server: what it is given, and what the server remembers of it. */
export async function registerClient(
  authentication: ClientAuthentication,
): Promise<{ readonly credentials: Credentials; readonly proof: RegisteredProof }> {
  const { method } = authentication;
  const secret = `s:e+c r%t/&=~"\\${randomBytes(24).toString('base64')}`;
  switch (method) {
    case 'none':
      return { credentials: { clientID, settings: {} }, proof: { method } };
    case 'client_secret_basic':
    case 'client_secret_post':
      return {
        credentials: { clientID, clientSecret: new Secret(secret), settings: {} },
        proof: { method, secret },
      };
    case 'private_key_jwt': {
      const key = await registeredPair(authentication.algorithms[0] === 'ES384' ? 'ES384' : 'RS384');
      const pem = key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      return {
        credentials: { clientID, privateKey: new Secret(pem), settings: {} },
        proof: { method, key },
      };
    }
    case 'client_secret_query':
      throw new Error('No standard knows secrets in the query.');
  }
}
