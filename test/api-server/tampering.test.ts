import { beforeAll, expect, test } from '@jest/globals'
import { resources } from '../../src/cluster/client/resources.ts'
import { clusterUsers } from '../../src/install/guard-policy.ts'
import { tamperingWebhook } from '../../webhooks/tampering.ts'
import { clientOf, patch } from '../fixtures/api-client.ts'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { execReview } from '../fixtures/review.ts'
import { until } from '../fixtures/until.ts'

// A policy refuses such changes (guard-policy.test.ts). This suite tests what Sallyport reports about them.

const living = 'tampering-living'
const ending = 'tampering-ending'
const held = { name: 'held', namespace: ending, finalizers: ['example.com/hold'] }
const client = clientOf('admin')
const configMaps = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true }

beforeAll(async () => {
  for (const name of [living, ending]) await admin(['create', 'namespace', name])
  await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: held })
  await admin(['delete', 'namespace', ending, '--wait=false'])
  await until('the namespace is ending', async () => {
    const namespace = await client.get(resources.Namespace, { name: ending })
    return namespace?.metadata.deletionTimestamp
  })
})
inTheEnd(
  () => patch(client, configMaps, { metadata: held }, { metadata: { finalizers: null } }),
  () => admin(['delete', 'namespace', living, '--wait=false']),
  () => client.close(),
)

async function codeOf(username: string, namespace: string, operation: 'CREATE' | 'DELETE' = 'DELETE'): Promise<string> {
  const resource = { group: 'access.sallyport.dev', version: 'v1alpha1', resource: 'accessrecords' }
  const review = execReview({ resource, subResource: '', operation, namespace, userInfo: { username } })
  const { signal } = new AbortController()
  return (await tamperingWebhook(client).handle(review, { id: 'id', caller: ['path'], signal, left: 1_000 })).code
}

test.each(clusterUsers)('what %s deletes with a namespace is nothing to tell, and anything else is', async (user) => {
  expect(await codeOf(user, ending)).toBe('TOLD')
  expect(await codeOf(user, living)).toBe('LEFT_TO_POLICY')
  expect(await codeOf(user, 'tampering-of-no-namespace')).toBe('LEFT_TO_POLICY')
  expect(await codeOf(user, ending, 'CREATE')).toBe('LEFT_TO_POLICY')
})

test('what anybody else deletes is told, also where the namespace is ending', async () => {
  expect(await codeOf('alice', ending)).toBe('LEFT_TO_POLICY')
})
