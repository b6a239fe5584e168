import { beforeAll, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { untilNothingIsGiven } from '../../scripts/dev/kinds.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { requestUidLabel } from '../../src/api/provided-object.ts'
import { openScene, type Scene } from './this-cluster.ts'

let scene: Scene

beforeAll(async () => {
  scene = await openScene('dev-removal')
})
inTheEnd(
  () => scene.admin.remove(resources.ClusterRoleBinding, { name: scene.namespace }),
  () => scene.close(),
)

test('npm run dev waits for its gate until also the roles for all namespaces are gone', async () => {
  const { admin, namespace: name } = scene
  const { kind, apiVersion } = resources.ClusterRoleBinding
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'none' }
  const metadata = { name, labels: { [requestUidLabel]: 'of-a-request' } }
  await admin.create(resources.ClusterRoleBinding, { apiVersion, kind, metadata, ...{ roleRef } })
  const order: string[] = []

  const removed = untilNothingIsGiven(admin).then(() => order.push('ended'))
  // If the removal did not look for the binding, it would end after fewer calls than these.
  for (let call = 0; call < 20; call++) await admin.list(resources.ClusterRoleBinding)
  order.push('gone')
  await admin.remove(resources.ClusterRoleBinding, { name })
  await removed

  expect(order).toEqual(['gone', 'ended'])
})
