import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import type { PodSpec } from '../../src/api/pod-template.ts'
import type { KubeObject } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { providedName } from '../../src/api/provided-object.ts'
import { idleContainer } from '../fixtures/workload.ts'
import type { Figure } from './figure.ts'
import type { Ground } from './ground.ts'
import { askUnder, offer } from './offer.ts'
import { namespaces } from './places.ts'
import { summaryOf } from './summary.ts'
import { isGone, isReady, watched, type Watched } from './watched.ts'

const namespace = namespaces.gated
const template = 'bench-shell'
const count = 20

/**
 * Measures how much later a shell pod is ready than a bare pod of the same spec. Both are timed from their creation, in
 * turns.
 */
export const shellReady: Figure = {
  needs: 'cluster',
  async measure(ground) {
    await offer(template, { shell: { podTemplate: { spec: { containers: [idleContainer('app')] } } } })
    using pods = await watched(ground.admin, resources.Pod, namespace)
    using requests = await watched(ground.admin, accessRequestKind, namespace)
    const shells: Shell[] = []
    const bare: number[] = []
    for (let index = 0; index < count; index++) {
      const shell = await oneShell(ground, { pods, requests }, `bench-shell-${index}`)
      shells.push(shell)
      bare.push(await oneBare(ground, pods, `bench-bare-${index}`, shell.spec))
    }
    const ready = summaryOf(shells.map(({ readyMs }) => readyMs))
    const podReady = summaryOf(shells.map(({ podReadyMs }) => podReadyMs))
    const plain = summaryOf(bare)
    return {
      rows: [
        { what: 'request created -> request Ready', unit: 'ms', summary: ready },
        { what: 'request created -> its pod ready', unit: 'ms', summary: podReady },
        { what: 'bare pod created -> ready', unit: 'ms', summary: plain },
      ],
      verdicts: [
        {
          what: 'a shell Ready later than a bare pod, by medians',
          value: ready.median - plain.median,
          unit: 'ms',
          goal: 150,
        },
        { what: 'shell / bare pod, by medians', value: ready.median / plain.median, unit: '×' },
      ],
    }
  },
}

interface Shell {
  readonly readyMs: number
  readonly podReadyMs: number
  /** The spec of the pod that was made. */
  readonly spec: PodSpec
}

interface Watches {
  readonly pods: Watched
  readonly requests: Watched
}

async function oneShell({ alice, admin }: Ground, { pods, requests }: Watches, name: string): Promise<Shell> {
  const begun = performance.now()
  const { request } = await askUnder(alice, template, name, { shell: {} })
  const pod = providedName(request.metadata.uid)
  const [ready, podReady] = await Promise.all([
    requests.when(name, 'is Ready', isReady),
    pods.when(pod, 'is ready', isReady),
  ])
  const made = (await admin.get(resources.Pod, { namespace, name: pod })) as KubeObject & { readonly spec: PodSpec }
  await alice.remove(accessRequestKind, { namespace, name })
  await pods.when(pod, 'is gone', isGone)
  return { readyMs: ready - begun, podReadyMs: podReady - begun, spec: made.spec }
}

async function oneBare({ admin }: Ground, pods: Watched, name: string, made: PodSpec): Promise<number> {
  // The bare pod must get its node and its admission defaults anew.
  const { nodeName, volumes, priority, preemptionPolicy, ...rest } = made
  const spec = { ...rest, containers: made.containers.map(({ volumeMounts, ...container }) => container) }
  const begun = performance.now()
  await admin.create(resources.Pod, { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, ...{ spec } })
  const ready = await pods.when(name, 'is ready', isReady)
  await admin.remove(resources.Pod, { namespace, name })
  await pods.when(name, 'is gone', isGone)
  return ready - begun
}
