import { isIP } from 'node:net';
import { Type } from 'typebox';
import { providerSettingPrefix } from '../definitions/settingNames.ts';
import { judgeDatabaseUrl } from './judgeDatabaseUrl.ts';
import { ConfigError, parseConfig, type Environment } from '../platform/config/parseConfig.ts';
import { omitUndefined } from '../platform/members/omitUndefined.ts';

/**
 * Every setting of the service. `docs/configuration.md` and `.env.example` are generated from here.
 */
export const settings = Type.Object({
  TRIBUTARY_DATABASE_URL: Type.Optional(
    Type.String({
      pattern: '^postgres(ql)?://',
      secret: true,
      description:
        'PostgreSQL server (15 to 18) to use. Without it the embedded PostgreSQL runs in the data directory.',
      examples: ['postgresql://tributary@db.example.org/tributary'],
    }),
  ),
  TRIBUTARY_POSTGRES_DIR: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'Folder of `initdb` and `postgres` (15 or newer) of an installed PostgreSQL, which then runs in the data directory instead of the one from npm: the distribution keeps it up to date.',
      examples: ['/usr/lib/postgresql/17/bin'],
    }),
  ),
  TRIBUTARY_DATA_DIR: Type.String({
    default: './var',
    description: 'Directory of the embedded PostgreSQL and of keys that the service makes.',
    examples: ['/var/lib/tributary'],
  }),
  TRIBUTARY_MASTER_KEYS: Type.Optional(
    Type.String({
      secret: true,
      description:
        'Keys that seal stored tokens and secrets, one a line or between commas: a key id, a space, 32 bytes in base64url. `tributary keys generate` prints one. Needed with a database server; the embedded one makes DATA_DIR/keys/master-keys for itself. Keys can be rotated without a restart only when they are in a file.',
      examples: ['<what tributary keys generate prints>'],
    }),
  ),
  TRIBUTARY_KEY_SERVICE: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'Path of an ES module that reaches a key service (KMS, PKCS#11), instead of keys of our own. docs/guides/keys.md says what it exports.',
      examples: ['/etc/tributary/keyService.js'],
    }),
  ),
  TRIBUTARY_DATABASE_POOL_SIZE: Type.Integer({
    default: 10,
    minimum: 2,
    maximum: 500,
    description: 'Connections that one process holds at the most for queries.',
    examples: ['20'],
  }),
  TRIBUTARY_DATABASE_STATEMENTS: Type.Union([Type.Literal('named'), Type.Literal('unnamed')], {
    default: 'named',
    description:
      'Whether statements are prepared under names, which saves planning. A pooler in transaction mode needs `unnamed`.',
    examples: ['unnamed'],
  }),
  TRIBUTARY_HOST: Type.String({
    default: '127.0.0.1',
    minLength: 1,
    description: 'Address to listen on.',
    examples: ['0.0.0.0'],
  }),
  TRIBUTARY_PORT: Type.Integer({
    default: 8080,
    minimum: 0,
    maximum: 65535,
    description: 'Port to listen on; 0 takes a free one.',
    examples: ['8080'],
  }),
  TRIBUTARY_PUBLIC_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^/?#@\\s]+(/[^?#\\s]*)?$',
      description:
        'Where clients reach the service; logo URLs, problem pages and the token audience are made from it. Must be https unless it names this machine. Default: http://localhost:PORT.',
      examples: ['https://accounts.study.example.org'],
    }),
  ),
  TRIBUTARY_TRUSTED_PROXIES: Type.Array(Type.String(), {
    default: [],
    description: 'Addresses or networks of reverse proxies whose X-Forwarded-For is believed.',
    examples: ['127.0.0.1,10.0.0.0/8'],
  }),
  TRIBUTARY_METRICS_PORT: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 65535,
    description: 'Port of the Prometheus metrics, on the same address; 0 turns them off.',
    examples: ['9464'],
  }),
  TRIBUTARY_LOG_LEVEL: Type.Union(
    [Type.Literal('debug'), Type.Literal('info'), Type.Literal('warn'), Type.Literal('error')],
    {
      default: 'info',
      description: 'Least severe events that are logged.',
      examples: ['warn'],
    },
  ),
  TRIBUTARY_SHUTDOWN_TIMEOUT_MS: Type.Integer({
    default: 10_000,
    minimum: 0,
    maximum: 600_000,
    description: 'How long requests in flight may take to finish when the service is told to stop.',
    examples: ['30000'],
  }),
  TRIBUTARY_TOKEN_AUDIENCES: Type.Array(Type.String({ pattern: '^https?://' }), {
    default: [
      'https://mydatahelps.org/identityserver/connect/token',
      'https://designer.mydatahelps.org/identityserver/connect/token',
    ],
    description:
      'Audiences accepted in client assertions beside our own token URL, so that scripts written for the platform run unchanged.',
    examples: ['https://accounts.old.example.org/identityserver/connect/token'],
  }),
  TRIBUTARY_SERVICE_TOKEN_LIFETIME_S: Type.Integer({
    default: 3600,
    minimum: 301,
    maximum: 86_400,
    description: 'Lifetime of access tokens of service accounts, in seconds. Clients assume an hour.',
    examples: ['3600'],
  }),
  TRIBUTARY_PARTICIPANT_TOKEN_LIFETIME_S: Type.Integer({
    default: 21_600,
    minimum: 301,
    maximum: 86_400,
    description:
      'Lifetime of access tokens of participants, in seconds. Pages ask for a new one 120 s before the end.',
    examples: ['21600'],
  }),
  TRIBUTARY_RATE_LIMIT_ADMINISTRATIVE: Type.Integer({
    default: 100_000,
    minimum: 0,
    maximum: 1_000_000_000,
    description: 'Requests an hour for the administrative API of one project; 0 turns the limit off.',
    examples: ['1000'],
  }),
  TRIBUTARY_RATE_LIMIT_DELEGATED: Type.Integer({
    default: 10_000,
    minimum: 0,
    maximum: 1_000_000_000,
    description:
      'Requests an hour with the tokens of one participant; 0 turns the limit off. An open page asks 720 times an hour while an account is being fetched.',
    examples: ['5000'],
  }),
  TRIBUTARY_RATE_LIMIT_ADDRESS: Type.Integer({
    default: 100_000,
    minimum: 0,
    maximum: 1_000_000_000,
    description:
      'Requests an hour without a valid token (the token endpoint among them) from one address; 0 turns the limit off.',
    examples: ['5000'],
  }),
  TRIBUTARY_EXPORTS_AT_ONCE: Type.Integer({
    default: 4,
    minimum: 1,
    maximum: 100,
    description: 'Exports that one process streams at the same time; more are told to try again.',
    examples: ['2'],
  }),
  TRIBUTARY_EXPORT_STALL_TIMEOUT_MS: Type.Integer({
    default: 60_000,
    minimum: 100,
    maximum: 3_600_000,
    description:
      'An export whose client reads nothing for this long is aborted, so that it cannot hold a database snapshot for ever.',
    examples: ['60000'],
  }),
});

/** The configuration of a process: parsed, complete with its defaults, frozen. */
export type Config = ReturnType<typeof readConfig>;

/** The settings of this process, complete and frozen. @throws {ConfigError} with every mistake at once */
export function readConfig(environment: Environment) {
  // Settings of providers are known to their definitions alone (readCredentials).
  const own = Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith(providerSettingPrefix)),
  );
  const config = parseConfig<typeof settings, 'TRIBUTARY_DATABASE_URL' | 'TRIBUTARY_MASTER_KEYS'>(
    settings,
    own,
    'TRIBUTARY_',
  );
  const mistakes: string[] = [];
  const { TRIBUTARY_DATABASE_URL: databaseUrl } = config;
  const badUrl = databaseUrl === undefined ? undefined : judgeDatabaseUrl(databaseUrl.reveal());
  if (badUrl !== undefined) mistakes.push(`TRIBUTARY_DATABASE_URL ${badUrl}`);
  const { TRIBUTARY_PUBLIC_URL: url, TRIBUTARY_TRUSTED_PROXIES: proxies } = config;
  if (url !== undefined && !URL.canParse(url))
    mistakes.push(
      `TRIBUTARY_PUBLIC_URL must be a URL, not ${JSON.stringify(url)} (example: https://accounts.study.example.org)`,
    );
  else if (url !== undefined && !isSafe(new URL(url)))
    mistakes.push(
      'TRIBUTARY_PUBLIC_URL must be https unless it names this machine: tokens would travel in clear',
    );
  for (const proxy of proxies)
    if (!isNetwork(proxy))
      mistakes.push(
        `TRIBUTARY_TRUSTED_PROXIES must hold addresses or networks, not ${JSON.stringify(proxy)} (example: 127.0.0.1,10.0.0.0/8)`,
      );
  if (config.TRIBUTARY_DATABASE_URL !== undefined && config.TRIBUTARY_POSTGRES_DIR !== undefined)
    mistakes.push(
      'TRIBUTARY_DATABASE_URL and TRIBUTARY_POSTGRES_DIR are both set: with a server, none is run here; keep one',
    );
  if (config.TRIBUTARY_MASTER_KEYS !== undefined && config.TRIBUTARY_KEY_SERVICE !== undefined)
    mistakes.push('TRIBUTARY_MASTER_KEYS and TRIBUTARY_KEY_SERVICE are both set; keep one');
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  // Keys are read anew from their file while the service runs, so its name is kept.
  const keyFile = environment['TRIBUTARY_MASTER_KEYS_FILE'];
  return Object.freeze(
    omitUndefined({ ...config, TRIBUTARY_MASTER_KEYS_FILE: keyFile === '' ? undefined : keyFile }),
  );
}

/** Where clients reach the service when it listens on `port`, without a trailing slash. */
export function resolvePublicUrl(config: Config, port: number): string {
  const { TRIBUTARY_PUBLIC_URL: url } = config;
  return url === undefined ? `http://localhost:${port}` : new URL(url).href.replace(/\/+$/, '');
}

function isSafe(url: URL): boolean {
  return url.protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
}

/** An address, or a network in CIDR notation (RFC 4632, RFC 4291 section 2.3). */
function isNetwork(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128));
}
