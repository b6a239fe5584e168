import { expect, test } from '@jest/globals'
import { nodesProxyHolders } from '../../../../src/decision/gate/nodes-proxy-holders.ts'

const role = (name: string, rule: object): object => ({ metadata: { name }, rules: [rule] })
const rule = (more: object = {}): object => ({ apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'], ...more })
const own = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
const binding = (name: string, subjects: readonly object[] | null, labels = {}): object => ({
  metadata: { labels },
  roleRef: { kind: 'ClusterRole', name },
  subjects,
})
const prometheus = { kind: 'ServiceAccount', namespace: 'monitoring', name: 'prometheus' }

test.each<[string, object, boolean]>([
  ['by its name', rule(), true],
  ['by any verb', rule({ verbs: ['create'] }), true],
  ['on one node', rule({ resourceNames: ['node-0'] }), true],
  ['as all resources', rule({ resources: ['*'] }), true],
  ['as proxies of all', rule({ resources: ['*/proxy'] }), true],
  ['in all groups', rule({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }), true],
  ['not as nodes alone', rule({ resources: ['nodes', 'nodes/metrics', 'pods/proxy'] }), false],
  ['not of another group', rule({ apiGroups: ['metrics.k8s.io'] }), false],
  ['not without a verb', rule({ verbs: [] }), false],
  ['not by paths', { nonResourceURLs: ['*'], verbs: ['*'] }, false],
])('a role gives it %s', (_title, given, isHeld) => {
  const { others } = nodesProxyHolders([role('r', given)], [binding('r', [prometheus])])

  expect(others).toEqual(isHeld ? ['ServiceAccount monitoring/prometheus'] : [])
})

test('those that Kubernetes itself made so are named apart, and whom somebody added to its bindings are not', () => {
  const roles = [role('cluster-admin', rule({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }))]
  const subjects = [
    { kind: 'Group', name: 'system:masters' },
    { kind: 'ServiceAccount', namespace: 'kube-system', name: 'generic-garbage-collector' },
    { kind: 'Group', name: 'system:authenticated' },
    { kind: 'User', name: 'alice' },
  ]
  const bindings = [
    binding('cluster-admin', subjects, own),
    binding('cluster-admin', [prometheus, { kind: 'ServiceAccount', namespace: 'kube-system', name: 'metrics' }]),
    binding('cluster-admin', [
      { kind: 'User', name: 'kube-apiserver-kubelet-client' },
      { kind: 'User', name: 'alice' },
    ]),
  ]

  expect(nodesProxyHolders(roles, bindings)).toEqual({
    others: [
      'Group system:authenticated',
      'ServiceAccount kube-system/metrics',
      'ServiceAccount monitoring/prometheus',
      'User alice',
    ],
    ofTheCluster: [
      'Group system:masters',
      'ServiceAccount kube-system/generic-garbage-collector',
      'User kube-apiserver-kubelet-client',
    ],
  })
})

test('a binding without subjects, to a role that is gone, or to a Role of its name, gives nothing', () => {
  const none = { metadata: {}, roleRef: { kind: 'Role', name: 'r' }, subjects: [prometheus] }
  const bindings = [binding('r', null), binding('gone', [prometheus]), none]

  expect(nodesProxyHolders([role('r', rule()), { metadata: { name: 'empty' }, rules: null }], bindings)).toEqual({
    others: [],
    ofTheCluster: [],
  })
})
