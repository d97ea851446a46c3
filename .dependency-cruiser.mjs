/**
 * The architecture as a table: which folder may import which, and which packages. Folders are entered through their
 * index.ts alone; `config`, `stack` and `synth` are single files with rooms of their own. `src/config/` has the words of
 * settings, components declare theirs in them, and `src/config.ts` composes the configuration from the components.
 */
const ROOMS = {
  'src/catalog/': { rooms: [], packages: [] },
  'src/promql/': {
    rooms: ['src/catalog/index.ts'],
    packages: ['@prometheus-io/lezer-promql', '@lezer/common', '@lezer/lr'],
  },
  'src/logql/': { rooms: ['src/catalog/index.ts', 'src/promql/index.ts'], packages: ['@grafana/lezer-logql'] },
  'src/signals/': { rooms: ['src/catalog/index.ts', 'src/promql/index.ts', 'src/logql/index.ts'], packages: [] },
  'src/constructs/': { rooms: ['src/catalog/index.ts'], packages: ['cdk8s', 'cdk8s-plus-28', 'constructs'] },
  'src/components/': {
    rooms: ['src/catalog/index.ts', 'src/constructs/index.ts', 'src/config/index.ts', 'images.lock.json'],
    packages: ['cdk8s', 'cdk8s-plus-28', 'constructs', 'zod'],
  },
  'src/checks/': {
    rooms: ['src/catalog/index.ts', 'src/promql/index.ts', 'src/logql/index.ts'],
    packages: [],
  },
  'dashboards/': {
    except: 'dashboards/preview/',
    rooms: ['src/catalog/index.ts', 'src/promql/index.ts', 'src/logql/index.ts', 'src/signals/index.ts'],
    packages: ['@grafana/grafana-foundation-sdk'],
  },
  // The page inside has a package of its own, and its imports are the bundler's.
  'dashboards/preview/': { rooms: ['src/catalog/index.ts'], packages: ['esbuild', 'pixelmatch', 'pngjs', 'zod'] },
  'alerts/': {
    rooms: ['src/catalog/index.ts', 'src/promql/index.ts', 'src/logql/index.ts', 'src/signals/index.ts'],
    packages: [],
  },
  'src/systems.ts': { rooms: ['src/catalog/index.ts', 'dashboards/index.ts', 'alerts/index.ts'], packages: [] },
  'src/output.ts': { rooms: [], packages: [] },
  'src/synth.ts': {
    rooms: [
      'src/catalog/index.ts',
      'src/components/index.ts',
      'src/checks/index.ts',
      'src/config.ts',
      'src/systems.ts',
      'src/output.ts',
      'dashboards/index.ts',
      'alerts/index.ts',
    ],
    packages: ['cdk8s'],
  },
  'src/config.ts': {
    inside: 'src/config/',
    rooms: ['src/catalog/index.ts', 'src/components/index.ts', 'alerts/index.ts'],
    packages: ['zod'],
  },
  'src/config/': { rooms: ['src/catalog/index.ts', 'alerts/index.ts'], packages: ['zod'] },
  'src/stack.ts': { rooms: ['src/config.ts'], packages: [] },
  'proxy/': { rooms: ['src/catalog/index.ts'], packages: ['prom-client', 'undici', 'zod'] },
};

/** Folders whose index.ts is a door for others; siblings never go out through their own. */
const BARRELS = Object.keys(ROOMS).filter((room) => room.endsWith('/'));

const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const own = (room) => `^${literal(room)}`;
const exactly = (path) => `^${literal(path)}$`;
const packageOf = (name) => `(^|/)node_modules/${literal(name)}/`;
const SOURCE = '^(src|proxy|dashboards|alerts|test|images\\.lock\\.json)';

const from = (room, except) => ({ path: own(room), ...(except === undefined ? {} : { pathNot: own(except) }) });

const layers = Object.entries(ROOMS).flatMap(([room, { inside = room, except, rooms, packages }]) => [
  {
    name: `${room} imports rooms it may not`,
    severity: 'error',
    from: from(room, except),
    to: { path: SOURCE, pathNot: [own(room), own(inside), ...rooms.map(exactly)] },
  },
  {
    name: `${room} imports packages it may not`,
    severity: 'error',
    from: from(room, except),
    to: { path: '(^|/)node_modules/', pathNot: packages.map(packageOf) },
  },
]);

const ownDoors = BARRELS.map((room) => ({
  name: `${room} goes out through its own door`,
  severity: 'error',
  from: { path: own(room) },
  to: { path: exactly(`${room}index.ts`) },
}));

const house = {
  name: 'SDK builders outside dashboards/house/',
  severity: 'error',
  from: { path: '^dashboards/', pathNot: '^dashboards/house/' },
  to: { path: packageOf('@grafana/grafana-foundation-sdk') },
};

const configTypes = {
  name: 'src/config.ts takes more than types from alerts/',
  severity: 'error',
  from: { path: '^src/config(/|\\.ts$)' },
  to: { path: '^alerts/', dependencyTypesNot: ['type-only'] },
};

const general = [
  { name: 'a cycle', severity: 'error', from: {}, to: { circular: true } },
  {
    name: 'a cycle between folders',
    severity: 'error',
    scope: 'folder',
    from: { path: '^(src|proxy|dashboards|alerts)' },
    to: { circular: true },
  },
  { name: 'an import that leads nowhere', severity: 'error', from: {}, to: { couldNotResolve: true } },
  {
    name: 'a file that nothing uses',
    severity: 'error',
    from: { orphan: true, pathNot: ['^src/main\\.ts$', '^src/cli/', '^test/', '\\.config\\.ts$'] },
    to: {},
  },
  { name: 'an import of a main.ts', severity: 'error', from: {}, to: { path: '(^|/)main\\.ts$' } },
  { name: 'an import of the tests', severity: 'error', from: { pathNot: '^test/' }, to: { path: '^test/' } },
  {
    name: 'the generator reaches the proxy',
    severity: 'error',
    from: { path: '^(src|dashboards|alerts)/' },
    to: { path: '^proxy/' },
  },
];

export default {
  forbidden: [...layers, ...ownDoors, house, configTypes, ...general],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.cache|dashboards/preview/(page|bundle))/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default', 'types'] },
  },
};
