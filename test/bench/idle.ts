import { setTimeout as sleep } from 'node:timers/promises'
import { accessGrantKind } from '../../src/api/kinds/access-grant.ts'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { grantFile, requestFile } from '../fixtures/access.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { apply } from '../fixtures/kubectl.ts'
import type { Figure } from './figure.ts'
import type { Ground } from './ground.ts'
import { each } from './each.ts'
import { watched } from './watched.ts'
import { writesByResource } from './write-metric.ts'

const namespace = 'bench-idle'
const count = 500
const idleMs = 60_000
const settleMs = 3_000
// The writes of a cluster of one node itself: heartbeats, and the kubelet's questions to the API server about its
// callers.
const ofTheCluster = ['leases', 'nodes/status', 'subjectaccessreviews', 'tokenreviews', 'serviceaccounts/token']

/**
 * Counts the writes while nothing happens, by anyone in the cluster. So it includes all writes by Sallyport, except the
 * Lease.
 */
export const idle: Figure = {
  needs: 'cluster',
  async measure(ground) {
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
    await letIn(ground)
    const before = await settled(ground)
    await sleep(idleMs)
    const after = await writesByResource(ground.cluster)
    const written = [...after].map(([what, times]) => ({ what, times: times - (before.get(what) ?? 0) }))
    const counted = written.filter(({ times }) => times > 0)
    await removeAll(ground)
    const value = counted.filter(({ what }) => !ofTheCluster.includes(what)).reduce((sum, { times }) => sum + times, 0)
    return {
      rows: counted.map(({ what, times }) => ({ what, unit: '1/min', summary: { n: 1, mean: times } })),
      verdicts: [{ what: `writes in a minute, ${count} requests active`, value, unit: 'writes', goal: 0 }],
      notes: [`not counted: ${ofTheCluster.join(', ')}`],
    }
  },
}

/** Returns the number of writes once the Kubernetes Events of earlier actions are written. */
async function settled({ cluster }: Ground): ReturnType<typeof writesByResource> {
  for (;;) {
    const [before, after] = [
      await writesByResource(cluster),
      await sleep(settleMs).then(() => writesByResource(cluster)),
    ]
    if (after.get('events') === before.get('events')) return after
  }
}

/** Gives alice an exec access to each of so many pods. */
async function letIn({ admin, alice, bob }: Ground): Promise<void> {
  using requests = await watched(admin, accessRequestKind, namespace)
  await each(count, async (index) => {
    const name = `idle-${index}`
    await paperPod(admin, namespace, name)
    await alice.create(accessRequestKind, requestFile(namespace, name, { exec: { pod: name, container: 'app' } }))
    await bob.create(accessGrantKind, grantFile(namespace, name))
    await requests.when(name, 'is Active', ({ object }) => {
      return (object as { readonly status?: { readonly phase?: string } }).status?.phase === 'Active'
    })
  })
}

async function removeAll({ admin }: Ground): Promise<void> {
  for (const kind of [accessRequestKind, accessGrantKind, resources.Pod]) {
    const query = kind === resources.Pod ? { gracePeriodSeconds: '0' } : {}
    await admin.call(pathOf(kind, { namespace }), { method: 'DELETE', query, timeoutMs: 60_000 })
  }
}
