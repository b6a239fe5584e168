import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { applied, asked, ended, exec, grantFile, storedRequest } from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import {
  containersIn,
  startMutatingWebhook,
  type Mutation,
  type MutatingWebhook,
} from '../fixtures/mutating-webhook.ts'
import { ownPodTemplate, shellScene } from '../fixtures/shell-scene.ts'
import { workloadFile } from '../fixtures/templates.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { idleContainer } from '../fixtures/workload.ts'

// A cluster that takes its images from a mirror, as policy engines set it up. No image runs under the name that people
// write.
const namespace = 'shell-admission'
const testOnNode = testWithNode()
const { offer, ask, ready, shell, podsFor } = shellScene(namespace)
const mirrored = testCluster().images.busybox
const written = mirrored.replace(/^.*\//, 'elsewhere.example/')
const reviewed = { challenges: [{ peerReview: { count: 1, reviewers: [{ kind: 'Group', name: 'sre' }] } }] }

const toMirror =
  (mirror: string): Mutation =>
  (pod) =>
    containersIn(pod)
      .filter(({ image }) => image === written)
      .map(({ path }) => ({ op: 'replace', path: `${path}/image`, value: mirror }))

let webhook: MutatingWebhook

gatedNamespace(namespace, async () => {
  webhook = await startMutatingWebhook(namespace, toMirror(mirrored))
})
beforeAll(async () => {
  const spec = { containers: [{ ...idleContainer('app'), image: written }] }
  await apply(
    workloadFile(namespace, 'Deployment', 'web', { template: { metadata: { labels: { app: 'web' } }, spec } }),
  )
  await offer('web', {}, reviewed)
  await offer('own', ownPodTemplate(spec))
})
afterAll(async () => {
  await webhook[Symbol.asyncDispose]()
})

async function granted(name: string): Promise<void> {
  const { digest } = await asked(namespace, name)
  await applied('bob', grantFile(namespace, name, { digest }))
}

testOnNode('the pod that the cluster makes is what is shown, approved and entered', async () => {
  await admin(['rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s'])
  await ask('web-mine')
  await granted('web-mine')
  const shown = await storedRequest(namespace, 'web-mine')
  const { status } = await ready('web-mine')

  expect(shown.status?.target?.image).toBe(mirrored)
  expect(shown.status?.conditions).toContainEqual(
    expect.objectContaining({
      type: 'PodAdmitted',
      status: 'True',
      reason: 'Changed',
      message: `the cluster's admission changed the image of container app from ${written} to ${mirrored}`,
    }),
  )
  expect(status?.target).toMatchObject({ image: mirrored, admittedDigest: shown.status?.target?.admittedDigest })
  expect((await exec('alice', namespace, { pod: status?.target?.pod ?? '' })).stdout).toContain('uid=0')
})

testOnNode('also of a template’s own, with a token of its own each time', async () => {
  webhook.mutation = (pod) => [
    ...toMirror(mirrored)(pod),
    { op: 'add', path: '/spec/automountServiceAccountToken', value: true },
  ]
  const made = await shell('own-mine')
  webhook.mutation = toMirror(mirrored)

  expect(made.spec.containers[0]?.image).toBe(mirrored)
  expect(made.spec.volumes?.map(({ name }) => name)).toContainEqual(expect.stringMatching(/^kube-api-access-/))
})

test.each<[string, Mutation, string]>([
  [
    'image',
    toMirror('evil.example/busybox:1'),
    `the image of container app is evil.example/busybox:1, not ${mirrored}; a mutating webhook or a policy of the cluster may have changed it`,
  ],
  [
    'power',
    (pod) => [...toMirror(mirrored)(pod), { op: 'add', path: '/spec/hostPID', value: true }],
    'its admission now adds something else than when you asked; a mutating webhook or a policy of the cluster may have changed it: ask again',
  ],
])('a pod of another %s than was approved is not entered, and does not stay', async (what, mutation, words) => {
  const name = `own-${what}`
  await ask(name, { startAt: new Date(Date.now() + 5_000).toISOString() })
  await asked(namespace, name)
  webhook.mutation = mutation

  const message = await ended(namespace, name, 'Failed')
  webhook.mutation = toMirror(mirrored)

  expect(message).toBe(`the cluster made a pod that differs from the approved one: ${words}`)
  const stored = await storedRequest(namespace, name)
  expect(stored.status?.target?.podUID).toBeUndefined()
  await until('it is gone', async () => (await podsFor(stored)).length === 0, 30_000)
})
