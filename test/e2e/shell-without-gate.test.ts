import { expect } from '@jest/globals'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin } from '../fixtures/kubectl.ts'
import { ownPodTemplate, shellScene, type StoredPod } from '../fixtures/shell-scene.ts'
import { storedRequest } from '../fixtures/access.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'shell-without-gate'
const testOnNode = testWithNode()
const { offer, ask, ready, pod } = shellScene(namespace)
const lateLabel = 'example.com/shell-may-start'
// The kubelet looks once a second, and gives the pod one second more (measured: within about 3 s).
const lateByMs = 6_000
// Deadlines are in whole seconds.
const lateStartMs = 2_000

const gate = gatedNamespace(namespace, () => Promise.resolve())

/** Returns when the one container ended, or undefined while it runs. */
function endedAt({ status }: StoredPod): number | undefined {
  const finished = status?.containerStatuses?.[0]?.state?.terminated?.finishedAt
  return finished === undefined ? undefined : Date.parse(finished)
}

testOnNode(
  'with the gate killed each pod still ends on time, by its deadline',
  async () => {
    const stubborn = ['sh', '-c', 'trap "" TERM HUP INT; while :; do sleep 1; done']
    await offer('plain', ownPodTemplate())
    await offer('stubborn', { ...ownPodTemplate(), mutate: { command: stubborn } })
    await offer('late', { ...ownPodTemplate(), mutate: { nodeSelector: { [lateLabel]: 'yes' } } })
    const names = ['plain-one', 'stubborn-one', 'late-one']
    await Promise.all(names.map((name) => ask(name, { duration: '25s' })))
    await until('the late one waits for a node', async () =>
      (await storedRequest(namespace, 'late-one')).status?.message?.includes('waits for a node'),
    )
    await Promise.all(['plain-one', 'stubborn-one'].map(ready))
    const { status: waiting } = await storedRequest(namespace, 'late-one')
    const lateAt = Date.parse(waiting?.approvedAt ?? '') + lateStartMs
    await until('seconds of its time are over', () => Date.now() > lateAt)
    await admin(['label', 'node', '--all', `${lateLabel}=yes`])
    const lateRequest = await ready('late-one')
    const late = await until('the deadline of the late one is lowered to what is left', async () => {
      const one = await pod(lateRequest.status?.target?.pod ?? '')
      const end = Date.parse(one.status?.startTime ?? '') + (one.spec.activeDeadlineSeconds ?? Infinity) * 1_000
      return end - Date.parse(lateRequest.status?.expiresAt ?? '') <= 1_000 ? one : undefined
    })
    expect(late.spec.activeDeadlineSeconds).toBeLessThan(25)

    process.kill(gate().pid, 'SIGKILL')

    await Promise.all(
      names.map(async (name) => {
        const { status } = await storedRequest(namespace, name)
        const ended = await until(
          `${name} ends`,
          async () => {
            const one = await pod(status?.target?.pod ?? '')
            return endedAt(one) === undefined ? undefined : one
          },
          60_000,
        )
        expect({ name, reason: ended.status?.reason }).toEqual({ name, reason: 'DeadlineExceeded' })
        const beyond = (endedAt(ended) ?? Infinity) - Date.parse(status?.expiresAt ?? '')
        // Kubernetes notes whole seconds.
        expect(beyond).toBeGreaterThan(-1_000)
        expect(beyond).toBeLessThan(lateByMs)
      }),
    )
    await admin(['label', 'node', '--all', `${lateLabel}-`])
  },
  150_000,
)
