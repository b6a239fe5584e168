import fc, { type Arbitrary } from 'fast-check'
import { accessRequestKind } from '../../../src/api/kinds/access-request.ts'
import { resources } from '../../../src/cluster/client/resources.ts'
import { paperPod } from '../../fixtures/paper-pod.ts'
import { pods, requestsOf, type Model, type ModelRequest, type PodName } from './model.ts'
import { nth, type Step } from './step.ts'
import type { World } from './world.ts'

/** A step in which the pod goes, and another comes under its name. */
export const replacing: Arbitrary<Step> = fc.constantFrom(...pods).map((pod) => ({
  title: `${pod} is replaced`,
  applies: () => true,
  take: (model, world) => replace(pod, model, world),
}))

/** A step that replaces a pod while no controller runs, so that only the gate can see that it is another pod. */
export const replacingUnseen: Arbitrary<Step> = fc.nat(7).map((which) => ({
  title: 'the pod of an access is replaced',
  applies: (model) => model.paused && accesses(model).length > 0,
  take: (model, world) => replace(nth(accesses(model), which).pod, model, world),
}))

/**
 * Returns the accesses that everybody tries to use after each step. A `once` request is not among them: it would be
 * used up.
 */
function accesses(model: Readonly<Model>): readonly ModelRequest[] {
  return requestsOf(model, 'granted').filter(({ once, ends }) => !once && ends.size === 0)
}

async function replace(pod: PodName, model: Model, { as, namespace }: World): Promise<string> {
  await as.admin.remove(resources.Pod, { namespace, name: pod })
  await paperPod(as.admin, namespace, pod)
  const uid = (await as.admin.get(resources.Pod, { namespace, name: pod }))?.metadata.uid ?? ''
  model.pods.set(pod, uid)
  return `${pod} by ${uid}`
}

/** A step that ends or kills a replica: the leader or the other one. */
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

/** A step that sets the time of day of both replicas. */
export const settingClock: Arbitrary<Step> = fc.constantFrom(-hourMs, 0, hourMs).map((offsetMs) => ({
  title: `the clock is set to ${offsetMs / hourMs} h`,
  applies: (model) => model.offsetMs !== offsetMs,
  async take(model, { as, namespace, replicas, next }) {
    await replicas.setClock(offsetMs)
    model.offsetMs = offsetMs
    model.offsets.add(offsetMs)
    // No timer notices that the clock was set. The controller sees it when it looks at a request for another reason.
    const metadata = { annotations: { 'example.com/touched': String(next()) } }
    for (const { name } of requestsOf(model)) await as.admin.patch(accessRequestKind, { namespace, name }, { metadata })
    return ''
  },
}))
