import { expect } from '@jest/globals'
import {
  access,
  applied,
  ask,
  deniedExec,
  ended,
  exec,
  grantFile,
  madeFor,
  storedRequest,
  readyRequest,
} from '../fixtures/access.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { gatedPod } from '../fixtures/gated-namespace.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec } from '../fixtures/workload.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { requestUidLabel } from '../../src/api/provided-object.ts'

const namespace = 'expiry'
const testOnNode = testWithNode()

gatedPod(namespace)

testOnNode('an access works until expiresAt, and its Role and RoleBinding are gone within a second after', async () => {
  const client = clientOf('admin')
  const { metadata, status } = await access(namespace, 'short', { duration: '5s' })
  const expiresAt = Date.parse(status?.expiresAt ?? '')
  const before = await exec('alice', namespace)
  const made = await madeFor(namespace, metadata.uid)

  const gone = await until(
    'Role and RoleBinding are gone',
    async () => {
      const query = { labelSelector: `${requestUidLabel}=${metadata.uid}` }
      const lists = [resources.Role, resources.RoleBinding].map((kind) =>
        client.call(pathOf(kind, { namespace }), { query }),
      )
      const left = (await Promise.all(lists)).flatMap((list) => (list as { items: unknown[] }).items)
      return left.length === 0 && Date.now()
    },
    15_000,
  )
  await client.close()

  expect(before).toMatchObject({ code: 0 })
  expect(made).toHaveLength(2)
  expect(gone).toBeGreaterThanOrEqual(expiresAt)
  expect(gone).toBeLessThanOrEqual(expiresAt + 1_000)
  expect(await ended(namespace, 'short', 'Expired')).toBe('its time is over')
  expect(await deniedExec('alice', namespace)).toContain('cannot get resource "pods"')
})

testOnNode('after it the gate denies also whom a standing role would let in', async () => {
  await mayExec(namespace, 'alice')
  const { status } = await access(namespace, 'standing', { duration: '3s' })
  const expiresAt = Date.parse(status?.expiresAt ?? '')

  await until('the time is over', () => Date.now() >= expiresAt)

  expect(await deniedExec('alice', namespace)).toMatch(/\((E_ENDED|E_NO_PASS)\)/)
})

testOnNode('a grant may shorten what was asked', async () => {
  const { digest } = await ask(namespace, 'shortened', { duration: '8h' })

  await applied('bob', grantFile(namespace, 'shortened', { digest, duration: '30m' }))
  await readyRequest(namespace, 'shortened')

  const { status } = await storedRequest(namespace, 'shortened')
  expect(Date.parse(status?.expiresAt ?? '') - Date.parse(status?.approvedAt ?? '')).toBe(30 * 60_000)
})
