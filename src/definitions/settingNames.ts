import type { NamedDefinition } from './defineProvider.ts';
import type { KeyKind } from './privateKey.ts';

/** Begins the names of all settings that belong to a provider. */
export const providerSettingPrefix = 'TRIBUTARY_PROVIDER_';

/** One setting of a provider. */
export interface ProviderSettingName {
  /** What follows the provider's own prefix: `CLIENT_ID`, `SUBSCRIPTION_KEY`. */
  readonly part: string;
  /** As it stands in the environment. */
  readonly name: string;
  readonly secret: boolean;
  readonly description: string;
  readonly example: string;
  /**
   * `always`: nobody can connect without it. `one-of`: one of those that are so marked is enough. `never`: it has a
   * default.
   */
  readonly needed: 'always' | 'one-of' | 'never';
}

/**
 * What all names of a provider's settings begin with: its slug in capitals, with an underscore before each capital
 * letter and around each number. `googleHealth` becomes `TRIBUTARY_PROVIDER_GOOGLE_HEALTH_`, `iHealth`
 * `…_I_HEALTH_`, `blueButton2` `…_BLUE_BUTTON_2_`.
 */
export function settingPrefix(slug: string): string {
  const words = slug.match(/[A-Z]?[a-z]+|[A-Z]|\d+/g) ?? [];
  return `${providerSettingPrefix}${words.join('_').toUpperCase()}_`;
}

/** Every setting that a provider understands, credentials first. None for a provider that has no way to connect. */
export function settingNames(definition: NamedDefinition): readonly ProviderSettingName[] {
  const { auth, settings = {}, regions, slug } = definition;
  if (auth.kind === 'none') return [];
  const prefix = settingPrefix(slug);
  const methods = auth.clientAuthentication.map(({ method }) => method);
  const takesSecret = methods.some((method) => method.startsWith('client_secret_'));
  const takesKey = methods.includes('private_key_jwt');
  const secretNeeded = usesSecret(definition);
  const isPublic = methods.includes('none');
  const either = isPublic ? 'never' : takesSecret && takesKey ? 'one-of' : 'always';
  const parts: Omit<ProviderSettingName, 'name'>[] = [
    {
      part: 'CLIENT_ID',
      secret: false,
      description: "Identifier of the study's application",
      example: 'a1b2c3d4',
      needed: 'always',
    },
  ];
  if (takesSecret || secretNeeded)
    parts.push({
      part: 'CLIENT_SECRET',
      secret: true,
      description: 'Secret of the application',
      example: 's3cr3t',
      needed: secretNeeded ? 'always' : either,
    });
  if (methods.includes('client_secret_basic') && methods.includes('client_secret_post'))
    parts.push({
      part: 'SECRET_METHOD',
      secret: false,
      description:
        'How the secret is shown first: client_secret_basic or client_secret_post; for servers that do not decode ' +
        'the header',
      example: 'client_secret_post',
      needed: 'never',
    });
  if (takesKey)
    parts.push(
      {
        part: 'PRIVATE_KEY',
        secret: true,
        description: `Private key of the application (PKCS#8 PEM; ${keyKinds(definition).join(' or ')})`,
        example: '-----BEGIN PRIVATE KEY-----…',
        needed: secretNeeded && either === 'one-of' ? 'never' : either,
      },
      {
        part: 'PRIVATE_KEY_NEXT',
        secret: true,
        description: 'The key that will follow: published in our key set, but not yet signed with',
        example: '-----BEGIN PRIVATE KEY-----…',
        needed: 'never',
      },
    );
  if (regions !== undefined)
    parts.push({
      part: 'REGION',
      secret: false,
      description: `One of ${Object.keys(regions.values).join(', ')}; default: ${regions.default}`,
      example: regions.default,
      needed: 'never',
    });
  for (const [part, { description, example, secret = false }] of Object.entries(settings))
    parts.push({ part, secret, description, example, needed: 'always' });
  return parts.map((setting) => ({ ...setting, name: `${prefix}${setting.part}` }));
}

/** The kinds of keys that fit the algorithms which a vendor takes. */
export function keyKinds({ auth }: NamedDefinition): readonly KeyKind[] {
  if (auth.kind === 'none') return [];
  const algorithms = new Set<string>(
    auth.clientAuthentication.flatMap((way) => (way.method === 'private_key_jwt' ? way.algorithms : [])),
  );
  const kinds = [
    ['RSA', ['RS256', 'RS384']],
    ['P-256', ['ES256']],
    ['P-384', ['ES384']],
  ] as const;
  return kinds.flatMap(([kind, its]) => (its.some((name) => algorithms.has(name)) ? [kind] : []));
}

/** Whether something beside the token endpoint needs the client secret: a call, a signature, a webhook. */
function usesSecret(definition: NamedDefinition): boolean {
  const { auth, delivery } = definition;
  const calls = JSON.stringify([auth, delivery], (key, value: unknown) =>
    key === 'clientAuthentication' ? undefined : value,
  );
  return /"authentication":"(client_secret_|hook")|"key":"client-secret|\{clientSecret\}/.test(calls);
}
