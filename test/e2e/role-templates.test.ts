import { describe, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { applied, binding, ended, refusedApply, type File } from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply, kubectlRefused } from '../fixtures/kubectl.ts'
import {
  binderOf,
  mayBind,
  readerOf,
  roleRequest,
  roleTemplate,
  uidOf,
  untilReady,
  untilSaid,
  untilUnbound,
} from '../fixtures/roles.ts'

const namespace = 'role-templates'
const other = 'role-templates-other'
const reader = { kind: 'Role', name: 'reader' } as const
const secrets = { kind: 'ClusterRole', name: 'role-templates-secrets' } as const

gatedNamespace(namespace, async () => {
  await admin(['create', 'namespace', other])
  await apply(
    readerOf('configmaps', reader.name, namespace),
    readerOf('secrets', secrets.name),
    binderOf('role-templates-binder', reader, secrets),
    ...mayBind('carol', namespace, reader),
    binding(namespace, 'sallyport-template-author', 'carol'),
  )
})
inTheEnd(
  () => admin(['delete', 'namespace', other, '--wait=false']),
  () => admin(['delete', 'clusterrole', secrets.name, 'role-templates-binder']),
  () => admin(['delete', 'catmpl', 'role-templates']),
)

const own = roleTemplate('own', namespace, { bindings: [{ roleRef: reader }] })

describe('a template that gives roles is refused', () => {
  const one = [{ roleRef: reader }]
  const many = Array.from({ length: 8 }, () => ({ roleRef: secrets, namespaces: ['a', 'b', 'c', 'd', 'e'] }))
  test.each<[string, File, string]>([
    [
      'for another namespace than its own',
      roleTemplate('bad', namespace, { bindings: [{ roleRef: reader, namespaces: [other] }] }),
      'an AccessTemplate gives roles only in its own namespace',
    ],
    [
      'for all namespaces, from within one',
      roleTemplate('bad', namespace, { bindings: [{ roleRef: secrets }], clusterWide: true }),
      'an AccessTemplate gives roles only in its own namespace',
    ],
    [
      'for a Role in all namespaces',
      roleTemplate('role-templates', undefined, { bindings: one, clusterWide: true }),
      'with clusterWide each roleRef must be a ClusterRole',
    ],
    [
      'with 40 bindings',
      roleTemplate('role-templates', undefined, { bindings: many }),
      'these are more than 32 bindings in all',
    ],
    [
      'with a pod in its message',
      roleTemplate('bad', namespace, { bindings: one }, { accessMessage: 'see {{pod}}' }),
      'a role has no pod',
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
      'Sallyport cannot count the uses of a role',
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
      metadata: { name: 'role-templates' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'sallyport-template-author' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'carol' }],
    })
    const by = (role: Parameters<typeof roleTemplate>[2]): File => roleTemplate('role-templates', undefined, role)

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
    await admin(['delete', 'clusterrolebinding', 'role-templates'])
  })
})

describe('a template that changes while somebody has its roles ends that', () => {
  test.each<[string, (template: string) => Promise<unknown>, RegExp]>([
    [
      'edited',
      (name) =>
        admin(['patch', 'atmpl', name, '-n', namespace, '--type=merge', '-p', '{"spec":{"description":"new"}}']),
      /was changed/,
    ],
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
    await applied('admin', template)
    await applied('alice', roleRequest(namespace, name, template))
    await untilReady(namespace, name)
    const uid = await uidOf(namespace, name)
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
  const asBob = ['create', '--validate=false', '--as=bob', '-f', '-']
  expect(await kubectlRefused('alice', asBob, JSON.stringify(roleRequest(namespace, 'as-bob', forAlice)))).toContain(
    'cannot impersonate',
  )
})
