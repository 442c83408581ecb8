import { timingSafeEqual } from 'node:crypto';
import type { ReceivedCall } from '../server/receiveCall.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import { checkAssertion } from './checkAssertion.ts';

/** Who a client says it is, and how. */
type Shown =
  | {
      readonly method: 'client_secret_basic' | 'client_secret_post' | 'client_secret_query';
      readonly id: string;
      readonly secret: string;
    }
  | { readonly method: 'private_key_jwt'; readonly id: string | undefined; readonly assertion: string }
  | { readonly method: 'none'; readonly id: string };

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Why the client did not authenticate as the definition says, or undefined when it did (RFC 6749 section 2.3): one
 * of the definition's methods, exactly one, and nothing but the identifier only where the application has neither
 * secret nor key.
 *
 * @param audience the address that an assertion has to name
 */
export async function refuseClient(
  provider: PlayedProvider,
  call: ReceivedCall,
  audience: string,
): Promise<string | undefined> {
  const shown = readShown(call);
  if (typeof shown === 'string') return shown;
  const way = provider.auth.clientAuthentication.find(({ method }) => method === shown.method);
  if (way === undefined) return `method ${shown.method}`;
  const { clientID, clientSecret, privateKey } = provider.credentials;
  if (shown.id !== undefined && shown.id !== clientID) return 'unknown client';
  switch (shown.method) {
    case 'none':
      return clientSecret === undefined && privateKey === undefined ? undefined : 'no proof';
    case 'private_key_jwt':
      return way.method === 'private_key_jwt'
        ? checkAssertion(provider, shown.assertion, { audience, algorithms: way.algorithms })
        : 'method';
    default:
      return clientSecret !== undefined && isSame(shown.secret, clientSecret.reveal()) ? undefined : 'secret';
  }
}

/** The client secret as a definition's call wants it (revocation, subscriptions), whatever the token endpoint takes. */
export function provesSecret(
  { credentials }: PlayedProvider,
  call: ReceivedCall,
  method: 'client_secret_basic' | 'client_secret_post',
): boolean {
  const shown = readShown(call);
  return (
    typeof shown !== 'string' &&
    shown.method === method &&
    shown.id === credentials.clientID &&
    credentials.clientSecret !== undefined &&
    isSame(shown.secret, credentials.clientSecret.reveal())
  );
}

function readShown({ headers, fields, url }: ReceivedCall): Shown | string {
  const { authorization } = headers;
  const secret = fields.get('client_secret');
  const inQuery = url.searchParams.get('client_secret');
  const assertion = fields.get('client_assertion');
  const id = fields.get('client_id');
  const proofs = [authorization, secret, inQuery, assertion].filter(
    (proof) => proof !== undefined && proof !== null,
  );
  if (proofs.length > 1) return 'several methods';
  if (authorization !== undefined) return readBasic(authorization, id);
  if (inQuery !== null)
    return { method: 'client_secret_query', id: url.searchParams.get('client_id') ?? '', secret: inQuery };
  if (assertion !== null)
    return fields.get('client_assertion_type') === assertionType
      ? { method: 'private_key_jwt', id: id ?? undefined, assertion }
      : 'assertion type';
  if (id === null) return 'no client';
  return secret === null ? { method: 'none', id } : { method: 'client_secret_post', id, secret };
}

/** Both parts are encoded as in a form before they are joined (RFC 6749 section 2.3.1). */
function readBasic(header: string, idInForm: string | null): Shown | string {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header) ?? [];
  if (encoded === undefined) return 'not basic';
  const [id, secret] = Buffer.from(encoded, 'base64').toString().split(':');
  if (id === undefined || secret === undefined) return 'not basic';
  try {
    const name = decodeForm(id);
    return idInForm !== null && idInForm !== name
      ? 'two clients'
      : { method: 'client_secret_basic', id: name, secret: decodeForm(secret) };
  } catch {
    return 'not basic';
  }
}

function decodeForm(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

function isSame(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
