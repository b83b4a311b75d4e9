import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { packedPackage, ROOT } from './support/packed.js';

interface Finding {
  filePath: string;
  messages: { ruleId: string | null; message: string; line: number; severity: number }[];
}

const ESLINT = join(ROOT, 'node_modules/eslint/bin/eslint.js');
const require = createRequire(import.meta.url);

/** Rules of eslint-plugin-n8n-nodes-base judge other files when they see that tests run. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(NODE_ENV|JEST_.*)$/.test(name)),
);

function eslint(args: string[], cwd = ROOT): string {
  try {
    return execFileSync(process.execPath, [ESLINT, ...args], { cwd, env, encoding: 'utf8' });
  } catch (error) {
    // ESLint ends with 1 when it finds something; what it found is in its output.
    const { stdout } = error as { stdout?: string };
    if (stdout === undefined || stdout === '') throw error;
    return stdout;
  }
}

function findings(args: string[], cwd?: string): string[] {
  const results = JSON.parse(eslint(['--format', 'json', ...args], cwd)) as Finding[];
  expect(results.length).toBeGreaterThan(0);
  return results.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, message, line }) => `${filePath}:${line} ${ruleId ?? ''} ${message}`),
  );
}

type Levels = Record<string, [number, ...unknown[]]>;
const levels = (file: string): Levels =>
  (JSON.parse(eslint(['--print-config', file])) as { rules: Levels }).rules;

const ruleNames = (plugin: string, prefix: string): string[] => {
  const loaded = require(plugin) as { rules?: object; default?: { rules: object } };
  return Object.keys(loaded.default?.rules ?? loaded.rules ?? {}).map(
    (rule) => `${prefix}/${rule}`,
  );
};

/** Wants a slug of n8n's own documentation, where its sister rule wants a web address. */
const CONTRADICTED = 'n8n-nodes-base/cred-class-field-documentation-url-miscased';
/** The old names of rules that the plugin keeps beside the new ones. */
const RENAMED = ['@n8n/community-nodes/node-class-description-icon-missing'];

test('nodes, credentials and package.json break no rule, without inline exceptions', () => {
  expect(
    findings(['--no-inline-config', '--max-warnings', '0', 'nodes', 'credentials', 'package.json']),
  ).toEqual([]);
});

test('every rule of both plugins is an error where it applies', () => {
  const applied = new Map<string, number>();
  for (const file of [
    'nodes/LeadLoop/LeadLoop.node.ts',
    'credentials/LeadLoopApi.credentials.ts',
    'package.json',
  ]) {
    for (const [rule, [level]] of Object.entries(levels(file))) {
      applied.set(rule, Math.max(level, applied.get(rule) ?? 0));
    }
  }
  const all = [
    ...ruleNames('@n8n/eslint-plugin-community-nodes', '@n8n/community-nodes'),
    ...ruleNames('eslint-plugin-n8n-nodes-base', 'n8n-nodes-base'),
  ];
  expect(all.length).toBeGreaterThan(150);
  expect(all.filter((rule) => applied.get(rule) !== 2 && !RENAMED.includes(rule))).toEqual([
    CONTRADICTED,
  ]);
});

test('no source asks for an exception', () => {
  for (const folder of ['nodes', 'credentials']) {
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      const source = readFileSync(join(entry.parentPath, entry.name), 'utf8');
      expect(source).not.toMatch(/eslint-disable|@ts-ignore|@ts-expect-error|@ts-nocheck/);
    }
  }
});

test('the packed JavaScript breaks no rule of the community plugin', () => {
  const { folder } = packedPackage();
  const home = mkdtempSync(join(tmpdir(), 'leadloop-scan-'));
  const plugin = pathToFileURL(require.resolve('@n8n/eslint-plugin-community-nodes')).href;
  const parser = pathToFileURL(require.resolve('typescript-eslint')).href;
  const config = join(home, 'eslint.config.mjs');
  writeFileSync(
    config,
    `import plugin from ${JSON.stringify(plugin)};
     import tseslint from ${JSON.stringify(parser)};
     export default [
       { ...plugin.configs.recommended, files: ['**/*.js'], languageOptions: { sourceType: 'commonjs' } },
       { ...plugin.configs.recommended, files: ['package.json'],
         languageOptions: { parser: tseslint.parser, parserOptions: { extraFileExtensions: ['.json'] } } },
     ];`,
  );
  const found = findings(
    ['--no-config-lookup', '--config', config, '--no-inline-config', 'dist', 'package.json'],
    folder,
  );
  rmSync(home, { recursive: true });
  expect(found).toEqual([]);
});
