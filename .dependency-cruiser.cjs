/**
 * Which folder may use which. A lead walks providers → leads → routing → delivery; code depends on
 * the shared ground (core, db, hours, contact) and never in a circle.
 */
const GROUND = '^scoring-service/src/(core|db|hours|contact)/';

module.exports = {
  forbidden: [
    {
      name: 'no-circular-files',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circular-folders',
      comment:
        'Two folders that need each other are one folder, or one of them holds what belongs elsewhere.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^scoring-service/src/[^/]+$' },
      to: { circular: true, path: '^scoring-service/src/[^/]+$' },
    },
    {
      name: 'ground-stands-alone',
      comment:
        "A table's types may name the words of the module that owns it; code may not be used.",
      severity: 'error',
      from: { path: GROUND },
      to: { path: '^scoring-service/src/', pathNot: GROUND, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'engine-is-pure',
      comment: 'No clock, no database, no randomness: the engine uses only itself.',
      severity: 'error',
      from: { path: '^scoring-service/src/routing/engine/' },
      to: { pathNot: '^scoring-service/src/routing/engine/' },
    },
    {
      name: 'http-is-the-edge',
      severity: 'error',
      from: {
        path: '^scoring-service/src/',
        pathNot: '^scoring-service/src/(http|dashboard|cli)/|^scoring-service/src/[^/]+\\.ts$',
      },
      to: { path: '^scoring-service/src/(http|dashboard|cli)/' },
    },
    {
      name: 'composition-root-is-the-top',
      severity: 'error',
      from: { pathNot: '^scoring-service/src/(cli/|[^/]+\\.ts$)' },
      to: { path: '^scoring-service/src/[^/]+\\.ts$' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'scoring-service/tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js'] },
  },
};
