import { generateKeyPairSync } from 'node:crypto';
import type { Credentials } from '../definitions/credentials.ts';
import type { NamedDefinition } from '../definitions/defineProvider.ts';
import type { KeyKind } from '../definitions/privateKey.ts';
import { keyKinds, settingNames } from '../definitions/settingNames.ts';
import { Secret } from '../platform/config/secret.ts';
import { omitUndefined } from '../platform/members/omitUndefined.ts';
import type { Random } from '../platform/random/random.ts';

/**
 * As which application an installation is registered with each sandbox provider: everything that a definition can
 * ask for, so that whatever it prefers can be used. One key of each kind serves all of them.
 */
export function createSandboxCredentials(
  definitions: ReadonlyMap<string, NamedDefinition>,
  random: Random,
): ReadonlyMap<string, Credentials> {
  const keys = new Map<KeyKind, Secret>();
  const keyOf = (kind: KeyKind) => {
    const key = keys.get(kind) ?? new Secret(generateKey(kind));
    keys.set(kind, key);
    return key;
  };
  const credentials = new Map<string, Credentials>();
  for (const definition of definitions.values())
    if (definition.auth.kind !== 'none')
      credentials.set(definition.slug, createCredentials(definition, { keyOf, random }));
  return credentials;
}

interface Parts {
  readonly random: Random;
  readonly keyOf: (kind: KeyKind) => Secret;
}

function createCredentials(definition: NamedDefinition, { keyOf, random }: Parts): Credentials {
  const { slug, regions, settings = {} } = definition;
  const parts = new Set(settingNames(definition).map(({ part }) => part));
  const [kind] = keyKinds(definition);
  return Object.freeze(
    omitUndefined({
      clientID: `sandbox-${slug}`,
      clientSecret: parts.has('CLIENT_SECRET')
        ? new Secret(random.bytes(32).toString('base64url'))
        : undefined,
      privateKey: parts.has('PRIVATE_KEY') && kind !== undefined ? keyOf(kind) : undefined,
      settings: Object.fromEntries(
        Object.entries(settings).map(([name, { example, secret = false }]) => [
          name,
          secret ? new Secret(makeSecret(example, { keyOf, random })) : example,
        ]),
      ),
      region: regions === undefined ? undefined : regions.default,
    }),
  );
}

/** Random text, or a file of the kind that the example begins: a key of a service account. */
function makeSecret(example: string, { keyOf, random }: Parts): string {
  if (!example.startsWith('{')) return random.bytes(16).toString('hex');
  return JSON.stringify({
    type: 'service_account',
    client_email: 'sandbox@sandbox.example',
    private_key: keyOf('RSA').reveal(),
  });
}

function generateKey(kind: KeyKind): string {
  const { privateKey } =
    kind === 'RSA'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: kind });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
