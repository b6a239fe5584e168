import { expect } from '@jest/globals'
import { access, ask, deniedExec, ended, exec, madeFor } from '../fixtures/access.ts'
import { administrator } from '../fixtures/administrator.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { idleContainer, mayExec, runningPod } from '../fixtures/workload.ts'

const namespace = 'replaced'
const on = ['-n', namespace]
const testOnNode = testWithNode()
const otherImage = 'sallyport.local/pause:1'

gatedNamespace(
  namespace,
  async () => {
    // alice has a standing role, so a denial comes from the gate and not from missing RBAC.
    await mayExec(namespace, 'alice')
  },
  {
    exemptions: [
      {
        why: 'an operator swaps images in place',
        subjects: [{ kind: 'User', name: administrator().username }],
        namespaces: [namespace],
        subresources: ['pods'],
      },
    ],
  },
)

const askFor = (pod: string): object => ({ exec: { pod, container: 'app', command: ['id'] } })

testOnNode('a pod of a StatefulSet that is re-created under its name is another one', async () => {
  await apply({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace },
    spec: {
      replicas: 1,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels: { app: 'db' } },
        spec: { terminationGracePeriodSeconds: 0, containers: [idleContainer('app')] },
      },
    },
  })
  const isReady = ['wait', '--for=condition=Ready', 'pod/db-0', ...on, '--timeout=60s']
  const uidOf = (): Promise<string> =>
    admin(['get', 'pod', 'db-0', ...on, '--ignore-not-found', '-o', 'jsonpath={.metadata.uid}'])
  await until('the StatefulSet has a pod', uidOf, 30_000)
  await admin(isReady)
  const { metadata, status } = await access(namespace, 'stateful', askFor('db-0'))
  const before = await exec('alice', namespace, { pod: 'db-0' })

  await admin(['delete', 'pod', 'db-0', ...on])
  await until('another pod', async () => !['', status?.target?.podUID].includes(await uidOf()), 30_000)
  await admin(isReady)
  const denied = await deniedExec('alice', namespace, { pod: 'db-0' })

  expect(before).toMatchObject({ code: 0 })
  expect(denied).toMatch(/\((E_ENDED|E_NO_PASS)\)/)
  expect(await ended(namespace, 'stateful', 'Failed')).toMatch(/^pod db-0 (is gone|was replaced by another)/)
  expect(await madeFor(namespace, metadata.uid)).toEqual([])
})

testOnNode('so is a plain pod, also to a request that nobody had granted yet', async () => {
  await runningPod(namespace, 'plain')
  const pending = await ask(namespace, 'pending', askFor('plain'))
  await access(namespace, 'granted', askFor('plain'))

  await admin(['delete', 'pod', 'plain', ...on])
  await runningPod(namespace, 'plain')
  const denied = await deniedExec('alice', namespace, { pod: 'plain' })

  expect(denied).toMatch(/\((E_ENDED|E_NO_PASS)\)/)
  for (const name of ['pending', 'granted']) {
    expect(await ended(namespace, name, 'Failed')).toMatch(/^pod plain (is gone|was replaced by another)/)
  }
  expect(pending.digest).not.toBe('')
})

testOnNode('an image that is patched after approval ends the access, with the reason', async () => {
  await runningPod(namespace, 'patched')
  const { metadata } = await access(namespace, 'image', askFor('patched'))
  const before = await exec('alice', namespace, { pod: 'patched' })

  await admin(['set', 'image', 'pod/patched', `app=${otherImage}`, ...on])
  const denied = await deniedExec('alice', namespace, { pod: 'patched' })

  const change = `the image of container app was changed from ${testCluster().images.busybox} to ${otherImage}`
  expect(before).toMatchObject({ code: 0 })
  expect(denied).toMatch(/\((E_ENDED|E_NO_PASS)\)/)
  expect(await ended(namespace, 'image', 'Failed')).toBe(change)
  await until('its RBAC is gone', async () => (await madeFor(namespace, metadata.uid)).length === 0)
})
