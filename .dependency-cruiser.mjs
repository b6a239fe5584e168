// The rooms (docs/development.md): imports point one way, from left to right, and never to a room beside.
const rooms = [
  ['src/program.ts'],
  ['src/main.ts', 'src/controller-main.ts'],
  ['src/controller-restarts.ts'],
  ['src/start-gate.ts', 'src/controller-thread.ts'],
  ['src/open-callers.ts', 'src/open-validators.ts', 'src/controller-messages.ts'],
  ['src/config'],
  ['src/server', 'src/cli', 'src/controller', 'webhooks'],
  ['src/audit', 'src/live'],
  ['src/cluster', 'src/expression', 'src/validation', 'certs', 'src/observe'],
  ['src/signed-calls', 'src/own-program.ts'],
  ['src/install', 'src/provision'],
  ['src/decision'],
  ['src/api'],
]

const pattern = (paths) => `^(${paths.map((path) => path.replace('.', '\\.')).join('|')})(/|$)`
const product = '^(src|webhooks|certs)/'

// For each room: whatever stands at its own level (but itself) or to its left is out of reach.
const oneWay = rooms.flatMap((level, index) =>
  level.map((room) => ({
    name: `room-${room.replace('src/', '')}`,
    comment: `${room} may import only from the rooms to its right`,
    severity: 'error',
    from: { path: pattern([room]) },
    to: {
      path: pattern(
        rooms
          .slice(0, index + 1)
          .flat()
          .filter((other) => other !== room),
      ),
    },
  })),
)

// A rule on names must look at both ends: a file that imports nothing is only ever imported, and the reverse.
const names = (name, module) => [
  { name, severity: 'error', from: module, to: {} },
  { name: `${name}-imported`, severity: 'error', from: {}, to: module },
]

export default {
  forbidden: [
    ...oneWay,
    {
      name: 'no-circular',
      // A verb loads its work when it runs, and the work takes the type of the verb's options.
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['dynamic-import'] } },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'product-knows-no-tests',
      comment: 'What is shipped imports nothing of test/ and scripts/',
      severity: 'error',
      from: { path: product },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'client-node-is-for-tests',
      comment:
        'src/cluster logs in as kubectl does and shares its connections, which @kubernetes/client-node does not; tests use it as a client of others',
      severity: 'error',
      from: { path: product },
      to: { path: 'node_modules/@kubernetes/client-node' },
    },
    {
      name: 'one-door-to-prom-client',
      comment:
        'Only src/observe/metrics.ts knows prom-client: what is counted stands in metric-table.ts, from which docs/metrics.md is made',
      severity: 'error',
      from: { path: product, pathNot: '^src/observe/metrics\\.ts$' },
      to: { path: 'node_modules/prom-client' },
    },
    {
      name: 'cluster-knows-no-kind',
      comment:
        'src/cluster is Kubernetes alone: it knows how times, owners and subresources are written and checks schemas, and knows no kind and no rule of Sallyport',
      severity: 'error',
      from: { path: '^src/cluster/' },
      to: {
        path: '^src/(api|decision|provision|install)/',
        pathNot: '^src/api/(micro-time|duration|owner-reference|review/subresource|schema/schema-check)\\.ts$',
      },
    },
    {
      name: 'cel-in-its-own-process',
      comment:
        'CEL has no cost limit: only the worker runs it, which is killed, and only src/program.ts loads the worker',
      severity: 'error',
      from: { path: product, pathNot: '^src/(program|expression/(worker|compile|names|bindings))\\.ts$' },
      to: {
        path: ['node_modules/@bufbuild/(cel|protobuf)', '^src/expression/(worker|compile|names|bindings)\\.ts$'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'controller-in-its-own-thread',
      comment:
        'The gate answers whatever the controller does: its thread loads nothing of the controller but names and small tools',
      severity: 'error',
      from: { path: '^src/(main|start-gate|controller-restarts|controller-thread)\\.ts$' },
      to: { path: '^src/(controller-main\\.ts|controller/controller\\.ts)$' },
    },
    {
      name: 'rules-do-no-io',
      comment:
        'src/api, src/decision, src/provision and src/install are pure; node:crypto hashes, and that is all they need of Node',
      severity: 'error',
      from: { path: '^src/(api|decision|provision|install)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|net)$' },
    },
    ...names('kebab-case', { path: '^(src|webhooks|certs|test|scripts|manifests)/', pathNot: '^[a-z0-9./-]+$' }),
    ...names('no-grab-bags', { path: '/(utils?|helpers?|common|misc)(\\.|/)', pathNot: 'node_modules' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
}
