import { afterAll, describe, expect, test } from '@jest/globals'
import { resources } from '../../src/cluster/resources.ts'
import { requestUidLabel } from '../../src/provision/exec-objects.ts'
import { installation } from '../../src/provision/install/names.ts'
import { applied, binding, ended, refusedApply, revoke, storedRequest, type File } from '../fixtures/access.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply, kubectl, kubectlOk, kubectlRefused } from '../fixtures/kubectl.ts'
import { startController, stopController } from '../fixtures/leadership.ts'
import {
  binderOf,
  bindingsOf,
  canI,
  mayBind,
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
    ...mayBind('carol', namespace, reader),
    binding(namespace, 'sallyport-template-author', 'carol'),
  )
})
afterAll(async () => {
  await admin(['delete', 'namespace', other, '--wait=false'])
  await admin(['delete', 'clusterrole', secrets.name, nodes.name, unlisted.name, 'roles-binder', 'roles-more'])
  await admin(['delete', 'catmpl', '--all'])
})

const own = roleTemplate('own', namespace, { bindings: [{ roleRef: reader }] })
const ladder = roleTemplate('roles-ladder', undefined, {
  bindings: [{ roleRef: reader, namespaces: [namespace, other] }, { roleRef: secrets }],
})
const wide = roleTemplate('roles-wide', undefined, { bindings: [{ roleRef: nodes }], clusterWide: true })

/** alice asks under a template that admin wrote just now; the uid of her request once she has it all. */
async function given(name: string, template: File, spec: object = {}): Promise<string> {
  await applied('admin', template)
  await applied('alice', roleRequest(namespace, name, template, spec))
  await untilReady(namespace, name)
  return uidOf(namespace, name)
}

const patched = (kind: string, name: string, where: string, change: object): Promise<string> =>
  admin(['patch', kind, name, '-n', where, '--type=merge', '-p', JSON.stringify(change)])

describe('a template that gives roles is refused', () => {
  const one = [{ roleRef: reader }]
  const many = Array.from({ length: 8 }, () => ({ roleRef: secrets, namespaces: ['a', 'b', 'c', 'd', 'e'] }))
  test.each<[string, File, string]>([
    [
      'for another namespace than its own',
      roleTemplate('bad', namespace, { bindings: [{ roleRef: reader, namespaces: [other] }] }),
      'an AccessTemplate gives roles in its own namespace alone',
    ],
    [
      'for all namespaces, from within one',
      roleTemplate('bad', namespace, { bindings: [{ roleRef: nodes }], clusterWide: true }),
      'an AccessTemplate gives roles in its own namespace alone',
    ],
    [
      'for a Role in all namespaces',
      roleTemplate('roles-bad', undefined, { bindings: one, clusterWide: true }),
      'with clusterWide each roleRef must be a ClusterRole',
    ],
    [
      'with 40 bindings',
      roleTemplate('roles-bad', undefined, { bindings: many }),
      'these are more than 32 bindings in all',
    ],
    [
      'with a pod in its message',
      roleTemplate('bad', namespace, { bindings: one }, { accessMessage: 'see {{pod}}' }),
      'a role is about no pod',
    ],
    ['without a role', roleTemplate('bad', namespace, { bindings: [] }), 'should have at least 1 items'],
  ])('%s', async (_title, file, text) => {
    expect(await refusedApply('admin', file)).toContain(text)
  })
})

describe('a request for roles is refused', () => {
  test('without a template, or for one use', async () => {
    await applied('admin', own)
    const bare = roleRequest(namespace, 'bad', own, { templateRef: undefined })

    expect(await refusedApply('alice', bare)).toContain('roles are given by a template')
    expect(await refusedApply('alice', roleRequest(namespace, 'bad', own, { once: true }))).toContain(
      'nobody counts the uses of a role',
    )
  })
})

describe('who writes a template', () => {
  test('must be allowed to bind each of its roles himself, at every change of spec', async () => {
    const refused = await refusedApply(
      'carol',
      roleTemplate('by-carol', namespace, { bindings: [{ roleRef: secrets }, { roleRef: reader }] }),
    )
    await applied('carol', roleTemplate('by-carol', namespace, { bindings: [{ roleRef: reader }] }))
    const admins = roleTemplate('by-admin', namespace, { bindings: [{ roleRef: secrets }] })
    await applied('admin', admins)
    await applied('carol', admins)
    const changed = await refusedApply('carol', { ...admins, spec: { ...admins.spec, description: 'mine' } })

    const text = `carol may not bind ClusterRole ${secrets.name} in namespace ${namespace} (E_TEMPLATE_AUTHOR)`
    expect(refused).toContain(text)
    expect(changed).toContain(text)
  })

  test('for many namespaces must be allowed to in each that is named, else in all', async () => {
    await apply(...mayBind('carol', other, secrets), {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'roles-carol' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'sallyport-template-author' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'carol' }],
    })
    const by = (role: Parameters<typeof roleTemplate>[2]): File => roleTemplate('roles-carol', undefined, role)

    await applied('carol', by({ bindings: [{ roleRef: secrets, namespaces: [other] }] }))
    expect(
      await refusedApply('carol', by({ bindings: [{ roleRef: secrets, namespaces: [other, namespace] }] })),
    ).toContain(`carol may not bind ClusterRole ${secrets.name} in namespace ${namespace}`)
    expect(await refusedApply('carol', by({ bindings: [{ roleRef: reader }] }))).toContain(
      'carol may not bind Role reader in all namespaces',
    )
    expect(await refusedApply('carol', by({ bindings: [{ roleRef: secrets }], clusterWide: true }))).toContain(
      `carol may not bind ClusterRole ${secrets.name} in all namespaces`,
    )
    await admin(['delete', 'clusterrolebinding', 'roles-carol'])
  })
})

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
  const [client, alice] = [clientOf('admin'), clientOf('alice')]
  const names = Array.from({ length: 12 }, (_, index) => `at-once-${index}`)
  for (const name of names) {
    await applied('alice', roleRequest(namespace, name, own))
    await untilReady(namespace, name)
    await alice.call(`/api/v1/namespaces/${namespace}/configmaps`)
    await removed('alice', namespace, name)
    await untilUnbound(await uidOf(namespace, name).catch(() => name))
  }
  await Promise.all([client.close(), alice.close()])
})

test('one of three that cannot be bound leaves none, is told, and all come once it can be', async () => {
  const template = roleTemplate('roles-three', undefined, {
    bindings: [{ roleRef: reader }, { roleRef: reader, namespaces: [other] }, { roleRef: unlisted }],
  })
  await applied('admin', template)
  await applied('alice', roleRequest(namespace, 'three', template))
  const told = await untilSaid(namespace, 'three', 'binding 3 of 3')
  const uid = await uidOf(namespace, 'three')
  const meanwhile = await bindingsOf(uid)
  await apply(binderOf('roles-more', unlisted))
  await untilReady(namespace, 'three')

  expect(told).toContain(`ClusterRole ${unlisted.name} in namespace ${namespace}, was refused`)
  expect(told).toContain('is attempting to grant RBAC permissions not currently held')
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
            `{"change":"${change}","kind":"RoleBinding","namespace":"${index === 1 ? other : namespace}","name":"${name(index)}"}`,
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
    const resources = [{ apiVersion, kind: 'RoleBinding', namespace: other, name: 'roles-listed' }]
    const bindings = [{ roleRef: secrets }]
    const status = JSON.stringify({ status: { resources, bindings } })
    await kubectlOk(sallyport, [
      'patch',
      'areq',
      'forged',
      '-n',
      namespace,
      '--subresource=status',
      '--type=merge',
      '-p',
      status,
    ])
    await revoke('alice', namespace, 'forged')
    await until('its own are gone', async () => (await bindingsOf(uid)).length === 2)

    expect((await bindingsOf(uid)).map(({ metadata }) => metadata.name)).toEqual(['roles-victim', 'roles-victim'])
    expect(await admin(['get', 'rolebinding', 'roles-listed', '-n', other, '-o', 'name'])).toContain('roles-listed')
    await admin(['delete', 'clusterrolebinding', 'roles-victim'])
  })
})

describe('a template that changes while somebody has its roles ends that', () => {
  test.each<[string, (template: string) => Promise<unknown>, RegExp]>([
    ['edited', (name) => patched('atmpl', name, namespace, { spec: { description: 'new' } }), /was changed/],
    ['deleted', (name) => admin(['delete', 'atmpl', name, '-n', namespace]), /is gone/],
    [
      're-created under its name',
      async (name) => {
        await admin(['delete', 'atmpl', name, '-n', namespace])
        await applied('admin', roleTemplate(name, namespace, { bindings: [{ roleRef: reader }] }))
      },
      /is gone|was replaced/,
    ],
  ])('%s', async (title, change, message) => {
    const name = title.split(' ')[0] ?? ''
    const template = roleTemplate(name, namespace, { bindings: [{ roleRef: reader }] })
    const uid = await given(name, template)
    await applied('alice', roleRequest(namespace, `${name}-later`, template, { startAt: '2099-01-01T00:00:00Z' }))
    await untilSaid(namespace, `${name}-later`, 'asks for no approval')
    await change(name)

    expect(await ended(namespace, name, 'Revoked')).toMatch(message)
    expect(await ended(namespace, `${name}-later`, 'Revoked')).toMatch(message)
    await untilUnbound(uid)
  })
})

test('nobody gives themselves more', async () => {
  await applied('admin', own)
  const mine = { ...own, metadata: { name: 'mine', namespace } }
  const forAlice = roleTemplate(
    'narrow',
    namespace,
    { bindings: [{ roleRef: reader }] },
    { subjects: [{ kind: 'User', name: 'bob' }] },
  )
  await applied('admin', forAlice)

  expect(await refusedApply('alice', mine)).toContain('cannot create resource "accesstemplates"')
  expect(await refusedApply('alice', roleRequest(namespace, 'narrow', forAlice))).toContain(
    'AccessTemplate narrow is not for alice',
  )
  expect(await refusedApply('alice', roleRequest(namespace, 'long', own, { duration: '2h' }))).toContain(
    'for at most 1h',
  )
  const more = { ...own, metadata: { name: 'reader', namespace }, spec: { role: { bindings: [{ roleRef: secrets }] } } }
  expect(await refusedApply('alice', roleRequest(namespace, 'more', own, more.spec))).toContain(
    'unknown field "spec.role.bindings"',
  )
  const asBob = ['apply', '--as=bob', '-f', '-']
  expect(await kubectlRefused('alice', asBob, JSON.stringify(roleRequest(namespace, 'as-bob', forAlice)))).toContain(
    'cannot impersonate',
  )
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

test('Sallyport may bind what an administrator lists, and may not give itself more', async () => {
  const sallyport = await serviceAccountLogin(installation.namespace, installation.serviceAccount)
  const may = async (verb: string, what: string): Promise<string> =>
    (await kubectl(sallyport, ['auth', 'can-i', verb, what])).stdout.trim()

  expect(await may('bind', `clusterroles/${secrets.name}`)).toBe('yes')
  expect(await may('bind', 'clusterroles/cluster-admin')).toBe('no')
  expect(await may('bind', 'clusterroles')).toBe('no')
  for (const kind of ['roles', 'clusterroles']) expect(await may('escalate', kind)).toBe('no')
})

// Last: the controller is gone meanwhile.
test('what ended while nobody led is gone within a second of the return, wherever it is', async () => {
  const passing = 'roles-passing'
  await admin(['create', 'namespace', passing])
  await apply(binding(passing, 'sallyport-requestor', 'dev'))
  const template = roleTemplate('roles-far', undefined, {
    bindings: [{ roleRef: reader, namespaces: [namespace, other] }],
  })
  const uids = [
    await given('deleted-meanwhile', template),
    await given('expired-meanwhile', template, { duration: '6s' }),
  ]
  await applied('alice', roleRequest(passing, 'namespace-meanwhile', template))
  await untilReady(passing, 'namespace-meanwhile')
  uids.push(await uidOf(passing, 'namespace-meanwhile'))
  const { status } = await storedRequest(namespace, 'expired-meanwhile')
  await stopController(gate())
  await removed('alice', namespace, 'deleted-meanwhile')
  await admin(['delete', 'namespace', passing])
  await until('it is expired', () => Date.now() > Date.parse(status?.expiresAt ?? ''))
  const before = (await Promise.all(uids.map(bindingsOf))).map((bindings) => bindings.length)
  await startController(gate())
  const returned = Date.now()
  const client = clientOf('admin')
  const selector = { labelSelector: `${requestUidLabel} in (${uids.join(',')})` }
  await until('all are gone', async () => (await client.list(resources.RoleBinding, selector)).items.length === 0)
  const took = Date.now() - returned
  await client.close()

  expect(before.every((count) => count > 0)).toBe(true)
  expect(took).toBeLessThan(1_000)
})
