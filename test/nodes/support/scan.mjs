/**
 * What `@n8n/scan-community-package` 0.32.0 does with a package, without the registry: the same
 * configuration and files, inline exceptions ignored. It is run as a process of its own, because
 * the base plugin's rules judge other files when they see that tests run:
 * `node scan.mjs <folder> <pattern …>` prints every finding, one JSON array.
 */
import communityNodes from '@n8n/eslint-plugin-community-nodes';
import { ESLint } from 'eslint';
import { defineConfig } from 'eslint/config';
import nodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

const { parser } = tseslint;

/** The scanner turns these off: they contradict a rule of the newer plugin, or do not apply. */
const OFF = {
  credentials: [
    'n8n-nodes-base/cred-class-field-documentation-url-miscased',
    'n8n-nodes-base/cred-class-field-type-options-password-missing',
  ],
  nodes: [
    'n8n-nodes-base/node-class-description-inputs-wrong-regular-node',
    'n8n-nodes-base/node-class-description-outputs-wrong',
    'n8n-nodes-base/node-param-type-options-max-value-present',
  ],
};
const off = (names) => Object.fromEntries(names.map((name) => [name, 'off']));

const config = defineConfig(
  communityNodes.configs.recommended,
  { rules: { 'no-console': 'error' } },
  { plugins: { 'n8n-nodes-base': nodesBase } },
  { files: ['package.json'], rules: { ...nodesBase.configs.community.rules } },
  {
    files: ['**/credentials/**/*.ts'],
    rules: { ...nodesBase.configs.credentials.rules, ...off(OFF.credentials) },
  },
  {
    files: ['**/nodes/**/*.ts'],
    rules: { ...nodesBase.configs.nodes.rules, ...off(OFF.nodes) },
  },
  { files: ['**/*.json', '**/*.ts'], languageOptions: { parser } },
);

const [, , folder, ...patterns] = process.argv;
const eslint = new ESLint({
  cwd: folder,
  allowInlineConfig: false,
  overrideConfigFile: true,
  overrideConfig: config,
});
const results = await eslint.lintFiles(patterns);
console.log(
  JSON.stringify({
    files: results.length,
    findings: results.flatMap(({ filePath, messages }) =>
      messages.map(
        ({ ruleId, message, line }) => `${filePath}:${line ?? 0} ${ruleId ?? ''} ${message}`,
      ),
    ),
  }),
);
