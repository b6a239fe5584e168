import fc, { type Arbitrary } from 'fast-check'
import { accessRequestKind } from '../../../src/api/kinds/access-request.ts'
import { resources } from '../../../src/cluster/resources.ts'
import { paperPod } from '../../fixtures/paper-pod.ts'
import { pods, requestsOf } from './model.ts'
import type { Step } from './step.ts'

/** The pod goes, and another comes under its name. */
export const replacing: Arbitrary<Step> = fc.constantFrom(...pods).map((pod) => ({
  title: `${pod} is replaced`,
  applies: () => true,
  async take(model, { as, namespace }) {
    await as.admin.remove(resources.Pod, { namespace, name: pod })
    await paperPod(as.admin, namespace, pod)
    const uid = (await as.admin.get(resources.Pod, { namespace, name: pod }))?.metadata.uid ?? ''
    model.pods.set(pod, uid)
    return `by ${uid}`
  },
}))

/** A replica is told to end, or dies; the one that leads, or the other. */
export const killing: Arbitrary<Step> = fc
  .record({ signal: fc.constantFrom('SIGTERM' as const, 'SIGKILL' as const), leader: fc.boolean() })
  .map(({ signal, leader }) => ({
    title: `${signal} to ${leader ? 'the leader' : 'the other replica'}`,
    applies: () => true,
    async take(_model, { replicas }) {
      await replicas.kill(signal, leader)
      return ''
    },
  }))

export const pausing: Arbitrary<Step> = fc.constant({
  title: 'nobody reconciles any more',
  applies: ({ paused }) => !paused,
  async take(model, { replicas }) {
    await replicas.pause()
    model.paused = true
    return ''
  },
})

export const resuming: Arbitrary<Step> = fc.constant({
  title: 'a leader reconciles again',
  applies: ({ paused }) => paused,
  async take(model, { replicas }) {
    model.paused = false
    await replicas.resume()
    return ''
  },
})

const hourMs = 3_600_000

/** The time of day of both replicas is set. */
export const settingClock: Arbitrary<Step> = fc.constantFrom(-hourMs, 0, hourMs).map((offsetMs) => ({
  title: `the clock is set to ${offsetMs / hourMs} h`,
  applies: (model) => model.offsetMs !== offsetMs,
  async take(model, { as, namespace, replicas, next }) {
    await replicas.setClock(offsetMs)
    model.offsetMs = offsetMs
    model.offsets.add(offsetMs)
    // No timer knows that the clock was set: the controller sees it when it looks at a request for another reason.
    const metadata = { annotations: { 'example.com/touched': String(next()) } }
    for (const { name } of requestsOf(model)) await as.admin.patch(accessRequestKind, { namespace, name }, { metadata })
    return ''
  },
}))
