import css from '@eslint/css';
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Single doors: time and chance are arguments, the environment and the network have one entrance each. */
const singleDoors = [
  { object: 'Date', property: 'now', message: 'Take a Clock (platform/time/clock.ts).' },
  { object: 'Math', property: 'random', message: 'Take a Random (platform/random/random.ts).' },
  {
    object: 'process',
    property: 'env',
    message: 'Only platform/config and the entry point read the environment.',
  },
];
const singleDoorGlobals = [
  { name: 'fetch', message: 'Only platform/outbound calls the network.' },
  { name: 'setTimeout', message: 'Use platform/time/clock.ts.' },
  { name: 'setInterval', message: 'Use platform/time/clock.ts.' },
];

/** What pages load, as tsconfig.browser.json has it. */
const browserScripts = 'src/**/assets/*.js';

/** Members are spelled out, and those that may be missing are left out in one way. */
const literalSpread = {
  selector: 'ObjectExpression > SpreadElement > ObjectExpression[properties.length>0]',
  message: 'Write the members themselves.',
};
const spreads = [
  literalSpread,
  ...[
    'ObjectExpression > SpreadElement > ConditionalExpression',
    'ObjectExpression > SpreadElement > LogicalExpression[operator="&&"]',
  ].map((selector) => ({ selector, message: 'Use omitUndefined (platform/members/omitUndefined.ts).' })),
];

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'var', 'coverage'] },
  {
    files: ['**/*.{ts,js}'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        // One program for all: less work in a whole run than the service that editors have.
        project: 'tsconfig.json',
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // Code points are what lengths of text are counted in here.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Taking a member out of an object names it.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/platform/{time,random,config,outbound}/**', 'src/**/*.test.ts'],
    rules: {
      'no-restricted-properties': ['error', ...singleDoors],
      'no-restricted-globals': ['error', ...singleDoorGlobals],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Take a Clock (platform/time/clock.ts).',
        },
        ...spreads,
      ],
    },
  },
  {
    files: ['src/platform/{time,random,config,outbound}/**'],
    rules: { 'no-restricted-syntax': ['error', ...spreads] },
  },
  {
    files: ['bench/**', 'tools/**', 'test/**', 'src/**/*.test.ts'],
    // Tests know what they put in; a wrong guess fails the test.
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-syntax': ['error', literalSpread],
    },
  },
  { files: ['**/*.js'], ignores: [browserScripts], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: [browserScripts],
    languageOptions: { parserOptions: { project: 'tsconfig.browser.json' } },
    // tsc knows which names a browser has.
    rules: { 'no-undef': 'off' },
  },
  {
    files: ['src/**/assets/*.css'],
    plugins: { css },
    language: 'css/css',
    extends: [css.configs.recommended],
    // Where a browser does not know it yet, a line breaks elsewhere.
    rules: { 'css/use-baseline': ['error', { allowProperties: ['text-wrap'] }] },
  },
);
