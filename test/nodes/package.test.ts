import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { INodeType, INodeTypeDescription } from 'n8n-workflow';

import { core, loadPackage, PACKAGE, type Loader } from './support/engine.js';
import { packedPackage, ROOT } from './support/packed.js';

const NODES = ['crmDeliver', 'leadLoop', 'leadLoopQualify', 'leadLoopTrigger', 'orderRouter'];

interface Manifest {
  name: string;
  dependencies?: unknown;
  peerDependencies: Record<string, string>;
  scripts: Record<string, string>;
  n8n: { n8nNodesApiVersion: number; strict: boolean; nodes: string[]; credentials: string[] };
}

const { folder, files } = packedPackage();
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
const contents = (file: string): string => readFileSync(join(folder, file), 'utf8');

describe('the tarball', () => {
  test('holds what was built, README, LICENSE and package.json, and nothing else', () => {
    const others = files.filter((file) => !file.startsWith('dist/'));
    expect(others).toEqual(['LICENSE', 'README.md', 'package.json']);
    const kinds = new Set(
      files
        .filter((file) => file.startsWith('dist/'))
        .map((file) => file.replace(/^.*?(\.node\.json|\.[a-z]+)$/, '$1')),
    );
    expect([...kinds].sort()).toEqual(['.js', '.node.json', '.svg']);
  });

  test('has a README that tells how to install it and what every operation does', async () => {
    const readme = contents('README.md');
    for (const section of [
      'Installation',
      'Credential',
      'Operations',
      'Usage',
      'Compatibility',
      'Version history',
    ])
      expect(readme).toMatch(new RegExp(`^## ${section}`, 'm'));
    expect(readme).toContain('N8N_UNVERIFIED_PACKAGES_ENABLED');
    // Links of its own would lead nowhere outside of the repository.
    expect([...readme.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, to]) => to)).toEqual([]);
    const told = readme.replace(/[^a-z]/gi, '').toLowerCase();
    const loader = await loadPackage();
    for (const name of NODES) {
      const { description } = loader.getNode(name).type as INodeType;
      expect(readme).toContain(description.displayName);
      const operations = description.properties
        .filter((one) => one.name === 'operation')
        .flatMap((one) => (one.options ?? []) as { name: string }[]);
      for (const operation of operations)
        expect(told).toContain(operation.name.replace(/[^a-z]/gi, '').toLowerCase());
    }
  });

  test('has every file that the n8n block names, each with its codex file', () => {
    expect(files).toEqual(
      expect.arrayContaining([...manifest.n8n.nodes, ...manifest.n8n.credentials]),
    );
    expect(files).toEqual(
      expect.arrayContaining(manifest.n8n.nodes.map((file) => file.replace(/\.js$/, '.json'))),
    );
    expect(manifest.n8n.nodes).toHaveLength(NODES.length);
  });

  test('needs nothing at run time but n8n-workflow, and runs nothing when installed', () => {
    expect(manifest).toMatchObject({
      name: PACKAGE,
      peerDependencies: { 'n8n-workflow': '*' },
      n8n: { n8nNodesApiVersion: 1, strict: true },
    });
    expect(manifest.dependencies).toBeUndefined();
    const lifecycle = /^(pre|post)?(install|prepare|publish|pack|uninstall)$|^prepublishOnly$/;
    expect(Object.keys(manifest.scripts).filter((name) => lifecycle.test(name))).toEqual([]);
  });

  test('imports only n8n-workflow and node:crypto', () => {
    const imported = files
      .filter((file) => file.endsWith('.js'))
      .flatMap((file) =>
        [...contents(file).matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name),
      )
      .filter((name) => name?.startsWith('.') === false);
    expect([...new Set(imported)].sort()).toEqual(['n8n-workflow', 'node:crypto']);
  });
});

describe('n8n’s package loader', () => {
  let loader: Loader;
  beforeAll(async () => {
    loader = await loadPackage();
  });
  const description = (name: string): INodeTypeDescription =>
    (loader.getNode(name).type as INodeType).description;

  test('loads every node and the credential under their names', () => {
    expect(Object.keys(loader.known.nodes).sort()).toEqual(NODES);
    expect(Object.keys(loader.known.credentials)).toEqual(['leadLoopApi']);
    expect(loader.getCredential('leadLoopApi').type.supportedNodes?.sort()).toEqual(NODES);
  });

  test('the lazy loader gives the same', async () => {
    const lazy = new core.LazyPackageDirectoryLoader(folder);
    await lazy.loadAll();
    expect(Object.keys(lazy.known.nodes).sort()).toEqual(NODES);
    expect(lazy.types.nodes).toHaveLength(NODES.length);
  });

  test.each(NODES)(
    '%s has its codex, light and dark icons that exist, and its credential',
    (name) => {
      const { codex, iconUrl, credentials, displayName } = description(name);
      expect(codex?.categories?.length).toBeGreaterThan(0);
      const icons = iconUrl as { light: string; dark: string };
      expect(icons.light).not.toBe(icons.dark);
      for (const icon of [icons.light, icons.dark]) {
        expect(files).toContain(icon.replace(`icons/${PACKAGE}/`, ''));
      }
      expect(credentials).toEqual([{ name: 'leadLoopApi', required: true }]);
      expect(displayName).toMatch(/^[A-Z]/);
    },
  );

  test('the branches have the names that operators read', () => {
    expect(
      ['orderRouter', 'crmDeliver', 'leadLoopQualify'].map((name) => description(name).outputNames),
    ).toEqual([
      ['Assigned', 'Unassigned', 'Rejected', 'Duplicate'],
      ['Sent', 'Queued', 'Failed'],
      ['Book Now', 'Follow Up', 'Low Quality'],
    ]);
    for (const name of ['orderRouter', 'crmDeliver', 'leadLoopQualify']) {
      const { outputs, outputNames } = description(name);
      expect(outputs).toHaveLength(outputNames?.length ?? 0);
    }
  });

  test('every node but the trigger can be used by an agent', () => {
    expect(NODES.filter((name) => description(name).usableAsTool === true)).toEqual(
      NODES.filter((name) => name !== 'leadLoopTrigger'),
    );
  });

  test('every codex file names its node', () => {
    const require = createRequire(import.meta.url);
    for (const file of manifest.n8n.nodes) {
      const codex = require(join(folder, file.replace(/\.js$/, '.json'))) as { node: string };
      const name = codex.node.replace(`${PACKAGE}.`, '');
      expect(NODES).toContain(name);
      expect(loader.known.nodes[name]?.sourcePath).toBe(file);
    }
  });
});

test('the events of the trigger are those of the service', async () => {
  const { EVENT_TYPES } = await import('../../scoring-service/src/events/events.js');
  const { eventOptions } = await import('../../nodes/LeadLoopTrigger/events.js');
  expect(eventOptions.map(({ value }) => value).sort()).toEqual([...EVENT_TYPES].sort());
});

test('the project root is where it is expected', () => {
  expect(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))).toMatchObject({
    name: PACKAGE,
  });
});
