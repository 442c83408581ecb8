import { hash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Credentials } from '../../definitions/credentials.ts';
import type { NamedDefinition } from '../../definitions/defineProvider.ts';
import { Secret } from '../../platform/config/secret.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { Random } from '../../platform/random/random.ts';
import { createSandboxCredentials } from '../../sandbox/sandboxCredentials.ts';
import { CommandFailed } from '../commandLine.ts';

/** One provider's credentials in the file, secrets as they are. */
interface KeptCredentials {
  /** Changes when the definition asks for other credentials than these. */
  readonly fits: string;
  readonly clientID: string;
  readonly clientSecret?: string;
  readonly privateKey?: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly region?: string;
}

type KeptFile = Readonly<Record<string, KeptCredentials>>;

/**
 * As which application this installation is registered with the sandbox's providers: the same at every start, from
 * `keys/sandbox-credentials.json` in the data directory, which only its owner can read. They open nothing but
 * sandboxes.
 *
 * Providers that the file does not know, or that ask for something else by now, get new ones.
 *
 * @throws {CommandFailed} when the file is there and cannot be understood
 */
export async function keepSandboxCredentials(
  dataDirectory: string,
  definitions: ReadonlyMap<string, NamedDefinition>,
  random: Random,
): Promise<ReadonlyMap<string, Credentials>> {
  const path = join(dataDirectory, 'keys', 'sandbox-credentials.json');
  const kept = await readKept(path);
  const connectable = [...definitions.values()].filter(({ auth }) => auth.kind !== 'none');
  const isKept = (definition: NamedDefinition) => kept[definition.slug]?.fits === fingerprint(definition);
  const missing = connectable.filter((definition) => !isKept(definition));
  const known = Object.fromEntries(
    connectable.filter(isKept).map(({ slug }) => [slug, kept[slug] as KeptCredentials]),
  );
  const all = { ...known, ...make(missing, random) };
  if (missing.length > 0) await writeKept(path, all);
  return new Map(
    connectable.map((definition) => [definition.slug, reviveCredentials(definition, all[definition.slug])]),
  );
}

/** What of a definition decides which credentials it asks for. */
function fingerprint({ auth, settings, regions }: NamedDefinition): string {
  const asked =
    auth.kind === 'none' ? [] : [auth.clientAuthentication, settings ?? {}, regions?.default ?? ''];
  return hash('sha256', JSON.stringify(asked), 'base64url').slice(0, 16);
}

function make(missing: readonly NamedDefinition[], random: Random): KeptFile {
  const made = createSandboxCredentials(new Map(missing.map((one) => [one.slug, one])), random);
  return Object.fromEntries(
    missing.flatMap((definition) => {
      const credentials = made.get(definition.slug);
      return credentials === undefined ? [] : [[definition.slug, revealCredentials(definition, credentials)]];
    }),
  );
}

function revealCredentials(definition: NamedDefinition, credentials: Credentials): KeptCredentials {
  const { clientID, clientSecret, privateKey, settings, region } = credentials;
  return omitUndefined({
    fits: fingerprint(definition),
    clientID,
    clientSecret: clientSecret === undefined ? undefined : clientSecret.reveal(),
    privateKey: privateKey === undefined ? undefined : privateKey.reveal(),
    settings: Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [
        name,
        value instanceof Secret ? value.reveal() : value,
      ]),
    ),
    region,
  });
}

function reviveCredentials(
  { slug, settings: declared }: NamedDefinition,
  kept: KeptCredentials | undefined,
): Credentials {
  if (kept === undefined) throw new Error(`The sandbox has no credentials for ${slug}`);
  const secrets = new Map(
    Object.entries(declared ?? {}).map(([name, { secret }]) => [name, secret === true]),
  );
  const { clientID, clientSecret, privateKey, settings, region } = kept;
  return omitUndefined({
    clientID,
    clientSecret: clientSecret === undefined ? undefined : new Secret(clientSecret),
    privateKey: privateKey === undefined ? undefined : new Secret(privateKey),
    settings: Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [
        name,
        secrets.get(name) === true ? new Secret(value) : value,
      ]),
    ),
    region,
  });
}

async function readKept(path: string): Promise<KeptFile> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '{}';
    throw error;
  });
  try {
    return JSON.parse(text) as KeptFile;
  } catch {
    throw new CommandFailed(
      `${path} is damaged. Delete it: the sandbox then gets new credentials, and accounts that were connected in it have to be connected again.`,
    );
  }
}

/** Under another name first, so that a start that is interrupted leaves no half of it. */
async function writeKept(path: string, kept: KeptFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.new`;
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(kept, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
}
