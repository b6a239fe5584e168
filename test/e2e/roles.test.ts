import { describe, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import type { AnyTemplate } from '../../src/api/kinds/access-template.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { requestUidLabel } from '../../src/api/provided-object.ts'
import { installation } from '../../src/api/installation.ts'
import { applied, binding, ended, readyOf, revoke, storedRequest, type File } from '../fixtures/access.ts'
import { clientOf, patchStatus } from '../fixtures/api-client.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply, kubectl } from '../fixtures/kubectl.ts'
import { startController, stopController } from '../fixtures/leadership.ts'
import {
  binderOf,
  bindingsOf,
  canI,
  readerOf,
  removed,
  roleRequest,
  roleTemplate,
  uidOf,
  untilReady,
  untilSaid,
  untilUnbound,
} from '../fixtures/roles.ts'
import { serviceAccountLogin } from '../fixtures/service-account.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'roles'
const other = 'roles-other'
const reader = { kind: 'Role', name: 'reader' } as const
const secrets = { kind: 'ClusterRole', name: 'roles-secrets' } as const
const nodes = { kind: 'ClusterRole', name: 'roles-nodes' } as const
const unlisted = { kind: 'ClusterRole', name: 'roles-unlisted' } as const

const gate = gatedNamespace(namespace, async () => {
  await admin(['create', 'namespace', other])
  await apply(
    readerOf('configmaps', 'reader', namespace),
    readerOf('configmaps', 'reader', other),
    readerOf('secrets', secrets.name),
    readerOf('nodes', nodes.name),
    readerOf('events', unlisted.name),
    binderOf('roles-binder', reader, secrets, nodes),
  )
})
inTheEnd(
  () => admin(['delete', 'namespace', other, '--wait=false']),
  () => admin(['delete', 'clusterrole', secrets.name, nodes.name, unlisted.name, 'roles-binder', 'roles-more']),
  () => admin(['delete', 'catmpl', '--all']),
)

const own = roleTemplate('own', namespace, { bindings: [{ roleRef: reader }] })
const ladder = roleTemplate('roles-ladder', undefined, {
  bindings: [{ roleRef: reader, namespaces: [namespace, other] }, { roleRef: secrets }],
})
const wide = roleTemplate('roles-wide', undefined, { bindings: [{ roleRef: nodes }], clusterWide: true })

/** Lets alice ask under a template that admin has just written. Returns the uid of her request once she has it all. */
async function given(name: string, template: File, spec: object = {}): Promise<string> {
  await applied('admin', template)
  await applied('alice', roleRequest(namespace, name, template, spec))
  await untilReady(namespace, name)
  return uidOf(namespace, name)
}

const patched = (kind: string, name: string, where: string, change: object): Promise<string> =>
  admin(['patch', kind, name, '-n', where, '--type=merge', '-p', JSON.stringify(change)])

test('a ladder of roles over two namespaces, for who asked alone, and gone when revoked', async () => {
  const uid = await given('ladder', ladder)

  expect(await bindingsOf(uid)).toHaveLength(3)
  for (const where of [namespace, other]) expect(await canI('alice', 'list', 'configmaps', where)).toBe(true)
  expect(await canI('alice', 'list', 'secrets', namespace)).toBe(true)
  expect(await canI('alice', 'list', 'secrets', other)).toBe(false)
  expect(await canI('mallory', 'list', 'configmaps', other)).toBe(false)
  const { status } = await storedRequest(namespace, 'ladder')
  expect(status).toMatchObject({
    phase: 'Active',
    bindings: [
      { roleRef: reader, namespace },
      { roleRef: reader, namespace: other },
      { roleRef: secrets, namespace },
    ],
    accessMessage: `kubectl auth can-i --list -n ${namespace}`,
  })
  expect(status?.resources).toHaveLength(3)

  await revoke('alice', namespace, 'ladder')
  await untilUnbound(uid)
  expect(await canI('alice', 'list', 'configmaps', other)).toBe(false)
})

test('a role in all namespaces, and gone within a second of its end', async () => {
  const uid = await given('wide', wide, { duration: '4s' })
  const everywhere = await canI('alice', 'list', 'nodes')
  const { status } = await storedRequest(namespace, 'wide')
  const client = clientOf('admin')
  const query = { labelSelector: `${requestUidLabel}=${uid}` }

  await until('it is unbound', async () => (await client.list(resources.ClusterRoleBinding, query)).items.length === 0)
  const late = Date.now() - Date.parse(status?.expiresAt ?? '')
  await client.close()

  expect(everywhere).toBe(true)
  expect(late).toBeGreaterThanOrEqual(0)
  expect(late).toBeLessThan(1_000)
  expect(await ended(namespace, 'wide', 'Expired')).toBe('its time is over')
})

test('who is told Ready may use it at once', async () => {
  await applied('admin', own)
  const alice = clientOf('alice')
  const list = (): Promise<unknown> => alice.call(`/api/v1/namespaces/${namespace}/configmaps`)
  for (let index = 0; index < 5; index += 1) {
    const name = `at-once-${index}`
    await applied('alice', roleRequest(namespace, name, own))
    await untilReady(namespace, name)
    await list()
    await removed('alice', namespace, name)
    await until('she has it no more', () =>
      list().then(
        () => false,
        () => true,
      ),
    )
  }
  await alice.close()
})

test('one of three that cannot be bound leaves none, is told, and all come once it can be', async () => {
  const template = roleTemplate('roles-three', undefined, {
    bindings: [{ roleRef: reader }, { roleRef: reader, namespaces: [other] }, { roleRef: unlisted }],
  })
  await applied('admin', template)
  await applied('alice', roleRequest(namespace, 'three', template))
  const told = await untilSaid(namespace, 'three', 'binding 3 of 3')
  const isTemplate = (what: string): Promise<string> =>
    admin(['wait', `--for=condition=${what}`, 'catmpl/roles-three', '--timeout=60s', '-o', 'json'])
  const notReady = readyOf(JSON.parse(await isTemplate('Ready=False')) as AnyTemplate)
  const uid = await uidOf(namespace, 'three')
  const meanwhile = await bindingsOf(uid)
  await apply(binderOf('roles-more', unlisted))
  await untilReady(namespace, 'three')
  await isTemplate('Ready')

  const remedy =
    'Have an administrator make a ClusterRole with the label access.sallyport.dev/aggregate-to-binder: "true" ' +
    `that allows the verb bind on clusterroles/${unlisted.name}. Sallyport may not bind it (binding 3 of 3, `
  expect(told).toContain(`${remedy}ClusterRole ${unlisted.name} in namespace ${namespace}), so it binds nothing`)
  expect(told.length).toBeLessThanOrEqual(300)
  expect(notReady).toMatchObject({ reason: 'CannotBind', message: expect.stringContaining(remedy) })
  expect(notReady?.message.length).toBeLessThanOrEqual(300)
  expect(meanwhile).toEqual([])
  expect(await bindingsOf(uid)).toHaveLength(3)
  await removed('alice', namespace, 'three')
})

describe('of what was made', () => {
  test('an edited binding is restored, a deleted one is made again, each is logged; a label changes nothing', async () => {
    const uid = await given('drift', ladder)
    const at = async (index: number) =>
      (await bindingsOf(uid)).find(({ metadata }) => metadata.name.endsWith(`-${index}`))
    const name = (index: number): string => `sallyport-${uid}-${index}`
    const logged = (change: string, index: number) => async (): Promise<boolean> =>
      Promise.resolve(
        gate().lines.some((line) =>
          JSON.stringify(line).includes(
            `{"change":"${change}","kind":"RoleBinding","namespace":"${index === 1 ? other : namespace}","name":"${name(index)}"`,
          ),
        ),
      )
    const mallory = { kind: 'User', name: 'mallory', apiGroup: 'rbac.authorization.k8s.io' }

    await admin(['label', 'rolebinding', name(0), '-n', namespace, 'team=shop'])
    const labelled = await at(0)
    await patched('rolebinding', name(1), other, { subjects: [mallory] })
    await until('alice is bound again', async () => JSON.stringify((await at(1))?.subjects).includes('alice'))
    await until('it is logged', logged('restored', 1))
    await admin(['delete', 'rolebinding', name(2), '-n', namespace])
    await until('it is there again', () => at(2))
    await until('it is logged', logged('made', 2))
    await admin(['delete', 'rolebinding', name(1), '-n', other])
    await until('it is there again', () => at(1))
    await patched('rolebinding', name(1), other, { metadata: { labels: { [requestUidLabel]: null } } })
    await until('its label is there again', () => at(1))

    expect(await at(0)).toEqual(labelled)
    expect((await storedRequest(namespace, 'drift')).status?.phase).toBe('Active')
    await removed('alice', namespace, 'drift')
    await untilUnbound(uid)
  })

  test('a stolen label or a forged status makes the controller delete nothing of others', async () => {
    const uid = await given('forged', ladder)
    const victim = {
      name: 'roles-victim',
      labels: { [requestUidLabel]: uid },
      annotations: { 'access.sallyport.dev/request': 'forged', 'access.sallyport.dev/request-namespace': namespace },
    }
    const subjects = [{ kind: 'User', name: 'dave', apiGroup: 'rbac.authorization.k8s.io' }]
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', ...secrets }
    const apiVersion = 'rbac.authorization.k8s.io/v1'
    await apply(
      { apiVersion, kind: 'ClusterRoleBinding', metadata: victim, roleRef, subjects },
      { apiVersion, kind: 'RoleBinding', metadata: { ...victim, namespace: other }, roleRef, subjects },
      { apiVersion, kind: 'RoleBinding', metadata: { name: 'roles-listed', namespace: other }, roleRef, subjects },
    )
    const sallyport = await serviceAccountLogin(installation.namespace, installation.serviceAccount)
    const listed = [{ apiVersion, kind: 'RoleBinding', namespace: other, name: 'roles-listed' }]
    const bindings = [{ roleRef: secrets }]
    const client = clientOf(sallyport)
    await patchStatus(client, accessRequestKind, await storedRequest(namespace, 'forged'), {
      resources: listed,
      bindings,
    })
    await client.close()
    await revoke('alice', namespace, 'forged')
    await until('its own are gone', async () => (await bindingsOf(uid)).length === 2)

    expect((await bindingsOf(uid)).map(({ metadata }) => metadata.name)).toEqual(['roles-victim', 'roles-victim'])
    expect(await admin(['get', 'rolebinding', 'roles-listed', '-n', other, '-o', 'name'])).toContain('roles-listed')
    await admin(['delete', 'clusterrolebinding', 'roles-victim'])
  })
})

test('a service account that asks is bound as one', async () => {
  await apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', namespace } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'robot', namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'sallyport-requestor' },
      subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace }],
    },
  )
  const robot = await serviceAccountLogin(namespace, 'robot')
  const template = roleTemplate(
    'robots',
    namespace,
    { bindings: [{ roleRef: reader }] },
    { subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace }] },
  )
  await applied('admin', template)
  await applied(robot, roleRequest(namespace, 'robot', template))
  await untilReady(namespace, 'robot')

  expect(await bindingsOf(await uidOf(namespace, 'robot'))).toMatchObject([
    { subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace }] },
  ])
  expect(await canI(robot, 'list', 'configmaps', namespace)).toBe(true)
  await removed('admin', namespace, 'robot')
})

test('what Sallyport holds itself it gives to nobody, unless an administrator lists it', async () => {
  await apply(readerOf('pods', 'pods', namespace))
  const template = roleTemplate('pods', namespace, { bindings: [{ roleRef: { kind: 'Role', name: 'pods' } }] })
  await applied('admin', template)
  await applied('alice', roleRequest(namespace, 'pods', template))

  expect(await untilSaid(namespace, 'pods', 'binding 1 of 1')).toContain(
    'Have an administrator make a ClusterRole with the label access.sallyport.dev/aggregate-to-binder: "true" that allows the verb bind on roles/pods.',
  )
  expect(await bindingsOf(await uidOf(namespace, 'pods'))).toEqual([])
  await removed('alice', namespace, 'pods')
})

test('Sallyport may bind what an administrator lists, and may not give itself more', async () => {
  const sallyport = await serviceAccountLogin(installation.namespace, installation.serviceAccount)
  const may = async (verb: string, what: string): Promise<string> =>
    (await kubectl(sallyport, ['auth', 'can-i', verb, what])).stdout.trim()

  expect(await may('bind', `clusterroles/${secrets.name}`)).toBe('yes')
  expect(await may('bind', 'clusterroles/cluster-admin')).toBe('no')
  expect(await may('bind', 'clusterroles')).toBe('no')
  for (const kind of ['roles', 'clusterroles']) expect(await may('escalate', kind)).toBe('no')
})

// This test is last: the controller is gone meanwhile.
test('what ended while nobody led is gone within a second of the return, wherever it is', async () => {
  const passing = 'roles-passing'
  await admin(['create', 'namespace', passing])
  await apply(binding(passing, 'sallyport-requestor', 'dev'))
  const template = roleTemplate('roles-far', undefined, {
    bindings: [{ roleRef: reader, namespaces: [namespace, other] }],
  })
  const uids = [
    await given('deleted-meanwhile', template),
    await given('expired-meanwhile', template, { duration: '12s' }),
  ]
  const hidden = `sallyport-${await given('hidden-meanwhile', template, { duration: '12s' })}`
  await applied('alice', roleRequest(passing, 'namespace-meanwhile', template))
  await untilReady(passing, 'namespace-meanwhile')
  uids.push(await uidOf(passing, 'namespace-meanwhile'))
  const { status } = await storedRequest(namespace, 'hidden-meanwhile')
  await stopController(gate())
  // This edits a binding, as somebody could whose role lets them edit bindings.
  const noLongerSeen = { labels: null, annotations: null, finalizers: ['example.com/keep'] }
  await patched('rolebinding', `${hidden}-0`, namespace, { metadata: noLongerSeen })
  await patched('rolebinding', `${hidden}-1`, other, { metadata: noLongerSeen })
  await removed('alice', namespace, 'deleted-meanwhile')
  await admin(['delete', 'namespace', passing])
  await until('both are over', () => Date.now() > Date.parse(status?.expiresAt ?? ''))
  const before = (await Promise.all(uids.map(bindingsOf))).map((bindings) => bindings.length)
  await startController(gate())
  const returned = Date.now()
  const client = clientOf('admin')
  const selector = { labelSelector: `${requestUidLabel} in (${uids.join(',')})` }
  await until('all are gone', async () => (await client.list(resources.RoleBinding, selector)).items.length === 0)
  const took = Date.now() - returned
  await until('what is no longer seen is gone, too', async () => {
    const { items } = await client.list(resources.RoleBinding)
    return !items.some(({ metadata }) => metadata.name.startsWith(hidden))
  })
  await client.close()

  expect(before.every((count) => count > 0)).toBe(true)
  expect(took).toBeLessThan(1_000)
})
