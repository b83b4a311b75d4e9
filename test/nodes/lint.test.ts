import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

/**
 * The analysis of @n8n/scan-community-package 0.32.0 (its configuration and its two sets of files),
 * with the rules of the plugins that are installed here. Warnings count, too.
 */
function scanned(folder: string, patterns: string[]): { files: number; findings: string[] } {
  const script = join(import.meta.dirname, 'support/scan.mjs');
  const args = [script, folder, ...patterns];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8' })) as {
    files: number;
    findings: string[];
  };
}

describe('the scanner of community packages', () => {
  const SOURCES = ['package.json', '{nodes,credentials}/**/*.{js,ts,json}'];
  const PACKED = ['**/*.js', 'package.json'];

  test('finds nothing in the sources', () => {
    const { files, findings } = scanned(ROOT, SOURCES);
    expect(files).toBeGreaterThan(40);
    expect(findings).toEqual([]);
  });

  test('finds nothing in the packed JavaScript', () => {
    const { files, findings } = scanned(packedPackage().folder, PACKED);
    expect(files).toBeGreaterThan(40);
    expect(findings).toEqual([]);
  });

  test('finds faults in sources and in JavaScript, whatever exceptions they ask for', () => {
    const home = mkdtempSync(join(tmpdir(), 'leadloop-scan-'));
    const node = join(home, 'nodes/Faulty');
    mkdirSync(node, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{ "name": "faulty", "overrides": {} }');
    writeFileSync(
      join(node, 'Faulty.node.ts'),
      `/* eslint-disable */
       import type { INodeType, INodeTypeDescription } from 'n8n-workflow';
       export class Faulty implements INodeType {
         description: INodeTypeDescription = {
           displayName: 'Faulty', name: 'Faulty', group: ['transform'],
           description: 'A node.', inputs: [], outputs: [], properties: [],
         };
       }
       console.log(process.env.HOME);`,
    );
    writeFileSync(join(node, 'Faulty.node.js'), '/* eslint-disable */ eval("1"); console.log(1);');
    const rules = (patterns: string[]) =>
      scanned(home, patterns).findings.map((finding) => finding.split(' ')[1]);
    const [source, packed] = [rules(SOURCES), rules(PACKED)];
    rmSync(home, { recursive: true });
    expect(source).toEqual(
      expect.arrayContaining([
        'no-console',
        '@n8n/community-nodes/no-overrides-field',
        '@n8n/community-nodes/package-name-convention',
        '@n8n/community-nodes/no-restricted-globals',
        'n8n-nodes-base/node-class-description-name-miscased',
      ]),
    );
    expect(packed).toEqual(
      expect.arrayContaining(['no-console', '@n8n/community-nodes/no-dangerous-functions']),
    );
  });
});
