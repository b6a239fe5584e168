import { expect, test } from '@jest/globals'
import type { Resource } from '../../src/cluster/client/resource.ts'
import { exec, storedRequest } from '../fixtures/access.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { runCronJob } from '../fixtures/cron-job.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply, kubectlOk } from '../fixtures/kubectl.ts'
import { ownPodTemplate, shellScene, type StoredPod } from '../fixtures/shell-scene.ts'
import { workloadFile } from '../fixtures/templates.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { idleContainer } from '../fixtures/workload.ts'

const namespace = 'shell-workloads'
const testOnNode = testWithNode()
const { offer, shell, gone } = shellScene(namespace)

const workloads = {
  web: 'Deployment',
  api: 'Deployment',
  db: 'StatefulSet',
  agent: 'DaemonSet',
  old: 'ReplicaSet',
  report: 'Job',
  nightly: 'CronJob',
  lone: 'Pod',
} as const
const names = Object.keys(workloads) as (keyof typeof workloads)[]

/** Returns a Service that sends its traffic to all pods of a workload, ready or not. */
function serviceFile(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: { app: name }, ports: [{ port: 80 }], publishNotReadyAddresses: true },
  }
}

function fileOf(name: Exclude<keyof typeof workloads, 'nightly'>): object {
  const kind = workloads[name]
  const labels = { app: name }
  const spec = { terminationGracePeriodSeconds: 0, containers: [idleContainer('app')] }
  switch (kind) {
    case 'Pod':
      return { apiVersion: 'v1', kind, metadata: { name, namespace, labels }, spec }
    case 'Job':
      return {
        apiVersion: 'batch/v1',
        kind,
        metadata: { name, namespace },
        spec: { template: { metadata: { labels }, spec: { ...spec, restartPolicy: 'Never' } } },
      }
    default:
      return workloadFile(namespace, kind, name)
  }
}

gatedNamespace(namespace, async () => {
  if (testOnNode !== test) return
  await apply(...names.flatMap((name) => [...(name === 'nightly' ? [] : [fileOf(name)]), serviceFile(name)]))
  await runCronJob(namespace, 'nightly')
  await Promise.all(
    names.map(async (name) => {
      const labelled = ['pod', '-l', `app=${name}`, '-n', namespace]
      await until(`a pod of ${name}`, () => admin(['get', ...labelled, '-o', 'name']))
      await admin(['wait', '--for=condition=Ready', ...labelled, '--timeout=60s'])
    }),
  )
})

const endpointSlices: Resource = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
}

interface EndpointSlice {
  readonly endpoints: readonly { readonly targetRef?: { readonly uid: string } }[] | null
}

/** Resolves to the uids of the pods that any EndpointSlice of the namespace had during the watch. */
async function everServed(signal: AbortSignal): Promise<ReadonlySet<string>> {
  const client = clientOf('admin')
  signal.addEventListener('abort', () => void client.close())
  const uids = new Set<string>()
  const note = (slice: unknown): void => {
    for (const { targetRef } of (slice as EndpointSlice).endpoints ?? []) if (targetRef) uids.add(targetRef.uid)
  }
  const { items, resourceVersion } = await client.list(endpointSlices, { namespace })
  items.forEach(note)
  const events = await client.watch(endpointSlices, { namespace, resourceVersion, timeoutSeconds: 600, signal })
  const follow = async (): Promise<void> => {
    for await (const event of events) if (event.type !== 'BOOKMARK') note(event.object)
  }
  // The abort ends the watch. If it ends in another way, it misses the pod that is made last, which is an error below.
  void follow().catch(() => undefined)
  return uids
}

async function uidOfPodOf(name: string): Promise<string> {
  const jsonpath = '{.items[0].metadata.uid}'
  return admin(['get', 'pods', '-n', namespace, '-l', `app=${name}`, '-o', `jsonpath=${jsonpath}`])
}

testOnNode('made after any workload or of its own; no Service ever sends it traffic', async () => {
  const stop = new AbortController()
  const served = await everServed(stop.signal)
  await Promise.all(names.map((name) => offer(name, { from: { kind: workloads[name], name } })))
  await offer('own', ownPodTemplate())

  const made = await Promise.all(
    [...names, 'own'].map(async (name): Promise<readonly [string, StoredPod]> => [name, await shell(`${name}-mine`)]),
  )
  for (const [name, { metadata }] of made) {
    expect(Object.keys(metadata.labels ?? {}).toSorted()).toEqual([
      'access.sallyport.dev/request-uid',
      'app.kubernetes.io/managed-by',
    ])
    expect((await exec('alice', namespace, { pod: metadata.name })).stdout).toContain('uid=0')
    const { status } = await storedRequest(namespace, `${name}-mine`)
    expect(status?.target?.workload?.kind).toBe(name === 'own' ? undefined : workloads[name as keyof typeof workloads])
  }
  await kubectlOk('alice', ['delete', 'areq', '-n', namespace, ...made.map(([name]) => `${name}-mine`)])
  await Promise.all(made.map(([, pod]) => gone(pod)))

  // This pod comes after all others. By the time it is in a slice, all earlier changes of the slices have been seen.
  await apply({ ...fileOf('lone'), metadata: { name: 'last', namespace, labels: { app: 'lone' } } })
  const last = await admin(['get', 'pod', 'last', '-n', namespace, '-o', 'jsonpath={.metadata.uid}'])
  await until('the last pod is served', () => served.has(last))
  for (const name of names) expect(served).toContain(await uidOfPodOf(name))
  for (const [, { metadata }] of made) expect(served).not.toContain(metadata.uid)
  stop.abort()
})
