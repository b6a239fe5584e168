import { describe, expect, test } from '@jest/globals'
import type { Binding, RoleAccess } from '../../../../../src/api/kinds/access/role-access.ts'
import { needsOfOffer } from '../../../../../src/decision/kinds/access-kinds.ts'
import { bindingsFor, bindingText } from '../../../../../src/decision/kinds/role/role-bindings.ts'

const role = { kind: 'Role', name: 'reader' } as const
const cluster = { kind: 'ClusterRole', name: 'view' } as const
const two = ['shop', 'prod']

describe('what a template’s roles come to for a request in shop', () => {
  test.each<[string, RoleAccess, readonly Binding[]]>([
    [
      'named namespaces',
      { bindings: [{ roleRef: role, namespaces: two }] },
      two.map((namespace) => ({ roleRef: role, namespace })),
    ],
    ['none named', { bindings: [{ roleRef: cluster }] }, [{ roleRef: cluster, namespace: 'shop' }]],
    ['cluster-wide', { bindings: [{ roleRef: cluster }], clusterWide: true }, [{ roleRef: cluster }]],
    [
      'several, in their order',
      { bindings: [{ roleRef: role, namespaces: ['prod'] }, { roleRef: cluster }], clusterWide: false },
      [
        { roleRef: role, namespace: 'prod' },
        { roleRef: cluster, namespace: 'shop' },
      ],
    ],
  ])('%s', (_title, offered, bindings) => {
    expect(bindingsFor(offered, 'shop')).toEqual(bindings)
  })

  test('reads as a sentence', () => {
    expect(bindingText({ roleRef: role, namespace: 'shop' })).toBe('Role reader in namespace shop')
    expect(bindingText({ roleRef: cluster })).toBe('ClusterRole view in all namespaces')
  })
})

describe('what an author must be allowed to bind', () => {
  const bind = (resource: string, name: string, namespace?: string): object => ({
    group: 'rbac.authorization.k8s.io',
    verb: 'bind',
    resource,
    name,
    ...(namespace !== undefined && { namespace }),
  })
  test.each<[string, RoleAccess, string | undefined, readonly object[]]>([
    ['in a namespace', { bindings: [{ roleRef: role }] }, 'shop', [bind('roles', 'reader', 'shop')]],
    ['for many namespaces: anywhere', { bindings: [{ roleRef: cluster }] }, undefined, [bind('clusterroles', 'view')]],
    [
      'in the namespaces that are named',
      { bindings: [{ roleRef: role, namespaces: two }] },
      undefined,
      two.map((one) => bind('roles', 'reader', one)),
    ],
    [
      'cluster-wide',
      { bindings: [{ roleRef: cluster }], clusterWide: true },
      undefined,
      [bind('clusterroles', 'view')],
    ],
    // The schema refuses it. But the gate is asked before the schema, and must not be fooled.
    [
      'cluster-wide from within one',
      { bindings: [{ roleRef: cluster }], clusterWide: true },
      'shop',
      [bind('clusterroles', 'view')],
    ],
  ])('%s', (_title, offered, namespace, needs) => {
    const { needs: asked } = needsOfOffer({ role: offered }, () => ({ problems: [], dangers: [] }), namespace)

    expect(asked.map(({ text: _text, ...need }) => need)).toEqual(needs)
  })
})
