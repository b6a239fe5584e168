import { describe, expect } from '@jest/globals'
import { administrator } from '../fixtures/administrator.ts'
import { requestAnnotation, requestUidLabel } from '../../src/api/provided-object.ts'
import { binding, ended, exec, deniedExec, madeFor, revoke, storedRequest } from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply, kubectl, type KubectlUser } from '../fixtures/kubectl.ts'
import { startController, stopController } from '../fixtures/leadership.ts'
import { ownPodTemplate, shellScene, type StoredPod } from '../fixtures/shell-scene.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { idleContainer } from '../fixtures/workload.ts'

const namespace = 'shell-lost'
const testOnNode = testWithNode()
const { offer, ask, ready, shell, pod, podsFor, gone } = shellScene(namespace)

const gate = gatedNamespace(namespace, async () => Promise.resolve())

/** The ways in which a pod can be lost. */
const losses = {
  deleted: ({ metadata }: StoredPod) => admin(['delete', 'pod', metadata.name, '-n', namespace, '--wait=false']),
  evicted: ({ metadata: { name } }: StoredPod) => {
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }
    const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`
    return admin(['create', '--raw', path, '-f', '-'], JSON.stringify(eviction))
  },
  failed: ({ metadata }: StoredPod) =>
    exec('alice', namespace, { pod: metadata.name, command: ['touch', '/tmp/fail'] }),
}
const said: Readonly<Record<keyof typeof losses, string>> = {
  deleted: 'its pod was deleted',
  evicted: 'its pod was deleted (EvictionByEvictionAPI: Eviction API: evicting)',
  failed: 'its program ended with exit code 3 (Error)',
}
const untilTold = { command: ['sh', '-c', 'until [ -e /tmp/fail ]; do sleep 0.1; done; exit 3'] }

const ways = Object.keys(losses) as (keyof typeof losses)[]

testOnNode('a pod that is lost fails its request, with what the cluster says of it', async () => {
  await offer('lost', { ...ownPodTemplate(), mutate: untilTold })
  await Promise.all(
    ways.map(async (how) => {
      await losses[how](await shell(`lost-${how}`))

      expect(await ended(namespace, `lost-${how}`, 'Failed')).toBe(said[how])
      const { uid } = (await storedRequest(namespace, `lost-${how}`)).metadata
      await until('its RBAC is gone', async () => (await madeFor(namespace, uid)).length === 0)
    }),
  )
})

const besides = { containers: [idleContainer('app'), idleContainer('proxy')] }

testOnNode('a program that ends well completes its request, though a sidecar runs on, and the pod goes', async () => {
  await offer('beside', { ...ownPodTemplate(besides), container: 'app', mutate: { command: ['true'] } })
  await ask('beside-mine')

  expect(await ended(namespace, 'beside-mine', 'Completed')).toBe('its program ended with exit code 0 (Completed)')
  const stored = await storedRequest(namespace, 'beside-mine')
  await until('its pod is gone', async () => (await podsFor(stored)).length === 0, 30_000)
})

testOnNode('what an init container said at its end is told, though its pod is gone', async () => {
  const fetch = 'printf "no token for vault" > /dev/termination-log; exit 7'
  const initContainers = [{ ...idleContainer('fetch-config'), command: ['sh', '-c', fetch] }]
  await offer('init', ownPodTemplate({ initContainers }))
  await ask('init-mine')

  expect(await ended(namespace, 'init-mine', 'Failed')).toBe(
    'its pod failed: init container fetch-config ended with exit code 7 (no token for vault)',
  )
})

describe('whose label, annotation and owner somebody takes off', () => {
  const marks = {
    labels: { [requestUidLabel]: null },
    annotations: { [requestAnnotation]: null },
    ownerReferences: null,
  }
  const strip = (user: KubectlUser, { metadata: { name } }: StoredPod): ReturnType<typeof kubectl> =>
    kubectl(user, ['patch', 'pod', name, '-n', namespace, '-p', JSON.stringify({ metadata: marks })])

  testOnNode('goes with its access all the same, also where Sallyport and its policy were away', async () => {
    await apply(binding(namespace, 'edit', 'alice'))
    await offer('marked', ownPodTemplate())
    const [ending, staying] = [await shell('marked-ending'), await shell('marked-staying')]
    const refused = await strip('alice', ending)

    await stopController(gate())
    await admin(['delete', 'validatingadmissionpolicybinding', 'sallyport-shell-pods'])
    for (const one of [ending, staying]) {
      await until('the policy is gone', async () => (await strip('alice', one)).code === 0)
    }
    await revoke('alice', namespace, 'marked-ending')
    await startController(gate())

    expect(refused.stderr).toContain(`E_SHELL_POD: the label ${requestUidLabel}`)
    await gone(ending)
    const { labels, annotations, ownerReferences } = staying.metadata
    await until(
      'the other has its marks again',
      async () => (await pod(staying.metadata.name)).metadata.ownerReferences,
    )
    expect((await pod(staying.metadata.name)).metadata).toMatchObject({ labels, annotations, ownerReferences })
    expect(gate().lines.map(({ msg }) => msg)).toContain('what was made for a live access had been changed or deleted')
    expect((await exec('alice', namespace, { pod: staying.metadata.name })).stdout).toContain('uid=0')
  })
})

describe('with replace: OnFailure it gets a successor', () => {
  testOnNode('for the time that is left, and its requestor is let in again', async () => {
    await offer('again', { ...ownPodTemplate(), mutate: untilTold, replace: 'OnFailure' })
    await Promise.all(ways.map((how) => replaced(how, `again-${how}`)))
  })

  testOnNode('also where its program fails beside a sidecar', async () => {
    const shell = { ...ownPodTemplate(besides), container: 'app', mutate: untilTold, replace: 'OnFailure' }
    await offer('sidecar', shell)

    await replaced('failed', 'sidecar-mine')
  })

  testOnNode('but not one whose program ended well', async () => {
    await offer('finished', { ...ownPodTemplate(), mutate: { command: ['true'] }, replace: 'OnFailure' })
    await ask('finished-mine')

    expect(await ended(namespace, 'finished-mine', 'Completed')).toBe('its program ended with exit code 0 (Completed)')
  })
})

async function replaced(how: keyof typeof losses, name: string): Promise<void> {
  const first = await shell(name, { duration: '5m' })
  const before = await storedRequest(namespace, name)

  await losses[how](first)

  await until(
    'another pod is noted',
    async () => {
      const { podUID } = (await storedRequest(namespace, name)).status?.target ?? {}
      return podUID !== undefined && podUID !== first.metadata.uid
    },
    30_000,
  )
  const after = await ready(name)
  const second = await pod(first.metadata.name)
  expect(after.status?.target).toEqual({ ...before.status?.target, podUID: second.metadata.uid })
  expect(after.status?.expiresAt).toBe(before.status?.expiresAt)
  expect(await podsFor(after)).toHaveLength(1)
  // The second pod gets no more than the remaining time. The kubelet counts from the start of the pod.
  const { startTime = '' } = second.status ?? {}
  const deadline = Date.parse(startTime) + (second.spec.activeDeadlineSeconds ?? Infinity) * 1_000
  expect(deadline - Date.parse(before.status?.expiresAt ?? '')).toBeLessThanOrEqual(1_000)
  expect((await exec('alice', namespace, { pod: second.metadata.name })).stdout).toContain('uid=0')
  expect(await deniedExec('admin', namespace, { pod: second.metadata.name })).toContain(
    `${administrator().username} has no access to pod`,
  )
}
