import { expect, test } from '@jest/globals'
import { waysIn } from '../../../../src/api/review/way-in.ts'
import type { Subresource } from '../../../../src/api/review/subresource.ts'
import { unknownWaysIn } from '../../../../src/decision/gate/connectable.ts'

function subresource(path: string, kind: string, verbs: readonly string[], groupVersion = 'v1'): Subresource {
  const [resource = '', ...rest] = path.split('/')
  const [version = '', group = ''] = groupVersion.split('/').toReversed()
  return { group, version, resource, subresource: rest.join('/'), kind, verbs }
}

// These are as discovery documents have them: Kubernetes 1.35, KubeVirt, Karmada, OpenShift.
test.each([
  ['the next way into a pod', subresource('pods/shell', 'PodShellOptions', ['create', 'get'])],
  ['a way in that takes POST alone', subresource('pods/shell', 'PodShellOptions', ['create'])],
  ['one whose options have the kind of an object', subresource('pods/shell', 'Pod', ['get', 'create'])],
  [
    'a proxy of an aggregated API',
    subresource('clusters/proxy', 'ClusterProxyOptions', ['get'], 'cluster.karmada.io/v1'),
  ],
  ['a console', subresource('virtualmachineinstances/console', '', [], 'subresources.kubevirt.io/v1')],
  [
    'a known one of a version that the gate does not listen to',
    subresource('pods/exec', 'PodExecOptions', ['get'], 'v2'),
  ],
  ['one that has the name of a known one', subresource('pods/exec', 'PodExecOptions', ['get'], 'example.com/v1')],
])('%s is reported', (_title, found) => {
  const { group, version, resource, subresource: name } = found
  expect(unknownWaysIn([found, found])).toEqual([`${resource}/${name} (${group ? `${group}/` : ''}${version})`])
})

test.each([
  ['status', subresource('pods/status', 'Pod', ['get', 'patch', 'update'])],
  ['scale', subresource('deployments/scale', 'Scale', ['get', 'patch', 'update'], 'apps/v1')],
  ['log', subresource('pods/log', 'Pod', ['get'])],
  ['eviction', subresource('pods/eviction', 'Eviction', ['create'])],
  ['token', subresource('serviceaccounts/token', 'TokenRequest', ['create'])],
  ['resize', subresource('pods/resize', 'Pod', ['get', 'patch', 'update'])],
  ['a metric of pods', subresource('pods/requests', 'MetricValueList', ['get'], 'custom.metrics.k8s.io/v1beta1')],
])('%s is no way in', (_title, found) => {
  expect(unknownWaysIn([found])).toEqual([])
})

test('what the gate listens to is known', () => {
  const subresources = waysIn.filter((way) => way.includes('/'))

  expect(unknownWaysIn(subresources.map((way) => subresource(way, 'SomeOptions', ['create', 'get'])))).toEqual([])
})
