import { beforeAll, expect, test } from '@jest/globals'
import type { KubeObject } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { isFinished } from '../../src/decision/phase.ts'
import { requestUidLabel } from '../../src/api/provided-object.ts'
import { statusFault } from '../faults/fault.ts'
import { startFaultProxy, type FaultProxy } from '../faults/proxy.ts'
import { writesOf, type Hold } from '../faults/request-writes.ts'
import { applied } from '../fixtures/access.ts'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { install, type Installation } from '../fixtures/installation.ts'
import { freeLease } from '../fixtures/lease.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { isReady, peopleOf, type People } from '../fixtures/people.ts'
import { startReplica, type Replica } from '../fixtures/replica.ts'
import { binderOf, readerOf, roleTemplate } from '../fixtures/roles.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'role-restarts'
const other = 'role-restarts-other'
const reader = { kind: 'Role', name: 'reader' } as const
const view = { kind: 'ClusterRole', name: 'role-restarts-view' } as const
const template = roleTemplate('role-restarts', undefined, {
  bindings: [{ roleRef: reader, namespaces: [namespace, other] }, { roleRef: view }],
})
const asked = {
  exec: undefined,
  role: {},
  duration: undefined,
  templateRef: { kind: template.kind, name: 'role-restarts' },
}
// Long enough for a loaded machine, too.
const allHeldWithinMs = 60_000
const unboundWithinMs = 60_000

let installed: Installation
let proxy: FaultProxy
let people: People
const replicas: Replica[] = []

beforeAll(async () => {
  await admin(['create', 'namespace', other])
  installed = await install(namespace)
  await apply(
    readerOf('configmaps', reader.name, namespace),
    readerOf('configmaps', reader.name, other),
    readerOf('secrets', view.name),
    binderOf('role-restarts-binder', reader, view),
  )
  people = await peopleOf(namespace)
  proxy = await startFaultProxy(installed.kubeconfig)
  await start()
  await applied('admin', template)
})
inTheEnd(
  () => Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]())),
  () => proxy.close(),
  () => people[Symbol.asyncDispose](),
  () => admin(['delete', 'namespace', other, '--wait=false']),
  () => admin(['delete', 'clusterrole', view.name, 'role-restarts-binder']),
  () => admin(['delete', 'catmpl', 'role-restarts']),
  () => installed[Symbol.asyncDispose](),
)

async function start(through = proxy): Promise<Replica> {
  const replica = await startReplica({ config: installed.config, kubeconfig: through.kubeconfig })
  replicas.push(replica)
  installed.service.endpoints = [replica.port]
  return replica
}

const boundTo = async (uid: string): Promise<readonly KubeObject[]> =>
  (await people.admin.list(resources.RoleBinding, { labelSelector: `${requestUidLabel}=${uid}` })).items

/** Lets alice ask, checks that she has all bindings at once, and revokes the request. */
async function live(name: string): Promise<void> {
  await people.ask(name, asked)
  const { metadata } = await people.chronicle.when(name, 'is ready', (one) => isReady(one) || isFinished(one))
  expect({ name, bound: (await boundTo(metadata.uid)).length }).toEqual({ name, bound: 3 })
  await people.revoke(name)
}

async function endsWell(name: string): Promise<void> {
  const { metadata } = await people.chronicle.when(name, 'is revoked', ({ status }) => status?.phase === 'Revoked')
  await until(`nothing is left of ${name}`, async () => (await boundTo(metadata.uid)).length === 0, unboundWithinMs)
  const states = people.chronicle.of(name).map(({ status }) => status)
  const different = (values: readonly unknown[]): number => new Set(values.filter((one) => one !== undefined)).size
  expect({
    name,
    approvedAt: different(states.map((status) => status?.approvedAt)),
    expiresAt: different(states.map((status) => status?.expiresAt)),
    told: states.filter((status) => status?.message?.includes('refused')).length,
  }).toEqual({ name, approvedAt: 1, expiresAt: 1, told: 0 })
}

// The first three are dry runs, which write nothing.
const bound = (nth: number): Hold['atWrite'] => ({ what: 'PATCH rolebindings', nth })
const unbound = (nth: number): Hold['atWrite'] => ({ what: 'DELETE rolebindings', nth })
const noted = (nth: number): Hold['atWrite'] => ({ what: 'PATCH accessrequests/status', nth })

test.each<[string, readonly Hold['atWrite'][]]>([
  ['while it binds', [noted(2), bound(3), bound(4), bound(5), bound(6), noted(3)]],
  ['while it unbinds', [noted(4), unbound(1), unbound(2), unbound(3)]],
])(
  'killed %s, the next controller brings it to its right end',
  async (title, moments) => {
    for (const reached of [false, true]) {
      const victims = new Map(
        moments.map((atWrite, index) => [
          `${title.split(' ').at(-1) ?? ''}-${index}-${reached ? 'after' : 'before'}`,
          { atWrite, reached },
        ]),
      )
      const counter = writesOf(victims)
      proxy.onRequest(counter.rule)
      const lived = [...victims.keys()].map(live)
      await until('all are held', () => counter.free().length === 0, allHeldWithinMs).catch((error: unknown) => {
        throw new Error(`not held: ${counter.free().join('; ')}`, { cause: error })
      })
      const killed = replicas.pop()
      killed?.signal('SIGKILL')
      await killed?.ended
      proxy.startAfresh()
      await freeLease()
      await start()
      await Promise.all(lived)
      await Promise.all([...victims.keys()].map(endsWell))
    }
  },
  300_000,
)

test('a binding that the API server fails to write leaves no others', async () => {
  proxy.startAfresh()
  const third = /\/rolebindings\/sallyport-.*-2$/
  proxy.onRequest(({ method, path, query }) =>
    method === 'PATCH' && third.test(path) && !query.has('dryRun') ? statusFault(500, 'InternalError') : undefined,
  )
  await people.ask('failing', asked)
  const refused = await people.chronicle.when(
    'failing',
    'is told',
    ({ status }) => status?.message?.includes('refused') ?? false,
  )
  await until('none is there', async () => (await boundTo(refused.metadata.uid)).length === 0)
  proxy.startAfresh()
  await people.chronicle.when('failing', 'is ready', isReady)

  expect(refused.status?.message).toContain(
    `binding 3 of 3, ClusterRole ${view.name} in namespace ${namespace}, was refused`,
  )
  expect(await boundTo(refused.metadata.uid)).toHaveLength(3)
  await people.revoke('failing')
})

test('what cannot be read keeps nothing that a request itself says is over', async () => {
  proxy.startAfresh()
  await people.ask('unread', asked)
  await people.chronicle.when('unread', 'is ready', isReady)
  proxy.onRequest(({ method, path, isWatch }) =>
    method === 'GET' && !isWatch && path.includes('/clusteraccesstemplates/')
      ? statusFault(500, 'InternalError')
      : undefined,
  )
  await people.revoke('unread')
  await endsWell('unread')
  proxy.startAfresh()
})

test('of two replicas one writes, and gives one binding each', async () => {
  const second = await startFaultProxy(installed.kubeconfig)
  await start(second)
  proxy.startAfresh()
  await live('two')
  await endsWell('two')

  const written = ({ requests }: FaultProxy): ReadonlySet<string | undefined> => {
    const writes = requests.filter(({ method, path }) => method !== 'GET' && path.includes('/rolebindings/'))
    return new Set(writes.map(({ path }) => path.split('-').at(-1)))
  }
  const [writer, onlooker] = [written(proxy), written(second)]
  await replicas.pop()?.[Symbol.asyncDispose]()
  await second.close()
  expect([...writer]).toEqual(['0', '1', '2'])
  expect([...onlooker]).toEqual([])
})
