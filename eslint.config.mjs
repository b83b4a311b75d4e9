import communityNodes from '@n8n/eslint-plugin-community-nodes';
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import nodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

/** Every rule of a ruleset as an error: a warning would let a package through that n8n refuses. */
const allAsErrors = (rules) =>
  Object.fromEntries(
    Object.entries(rules).map(([name, level]) => [
      name,
      Array.isArray(level) ? ['error', ...level.slice(1)] : 'error',
    ]),
  );

/** n8n's rules for community packages: all of the plugin's, and the ruleset of the older plugin. */
const n8nRules = (files, baseRuleset) => ({
  files,
  plugins: { '@n8n/community-nodes': communityNodes, 'n8n-nodes-base': nodesBase },
  linterOptions: { noInlineConfig: true },
  rules: allAsErrors({
    ...communityNodes.configs.recommended.rules,
    ...nodesBase.configs[baseRuleset].rules,
  }),
});

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', 'coverage/', 'data/'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    files: ['scoring-service/src/**/*.ts', 'scoring-service/src/**/*.tsx'],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-console': 'error',
    },
  },
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        URLSearchParams: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        setImmediate: 'readonly',
        module: 'writable',
        performance: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
  n8nRules(['nodes/**/*.ts'], 'nodes'),
  n8nRules(['credentials/**/*.ts'], 'credentials'),
  {
    files: ['credentials/**/*.ts'],
    // Wants a slug of n8n's own documentation; its sister rule wants an address, which is ours.
    rules: { 'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off' },
  },
  {
    ...n8nRules(['package.json'], 'community'),
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { extraFileExtensions: ['.json'] },
    },
  },
  { files: ['package.json'], rules: { '@typescript-eslint/no-unused-expressions': 'off' } },
  {
    files: ['scoring-service/src/dashboard/assets/*.js'],
    languageOptions: {
      globals: {
        document: 'readonly',
        window: 'readonly',
        setInterval: 'readonly',
        HTMLDetailsElement: 'readonly',
      },
    },
  },
  prettier,
);
