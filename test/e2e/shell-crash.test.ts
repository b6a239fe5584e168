import { beforeAll, expect } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { statusFault, type Fault } from '../faults/fault.ts'
import { startFaultProxy, type FaultProxy } from '../faults/proxy.ts'
import { applied } from '../fixtures/access.ts'
import { install, type Installation } from '../fixtures/installation.ts'
import { freeLease } from '../fixtures/lease.ts'
import { isReady, peopleOf, type People } from '../fixtures/people.ts'
import { startReplica, type Replica } from '../fixtures/replica.ts'
import { ownPodTemplate, shellScene } from '../fixtures/shell-scene.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'shell-crash'
const testOnNode = testWithNode()
const { offered, request, pod, podsFor } = shellScene(namespace)

let installed: Installation
let people: People
let proxy: FaultProxy
let replica: Replica

beforeAll(async () => {
  installed = await install(namespace)
  people = await peopleOf(namespace)
  proxy = await startFaultProxy(installed.kubeconfig)
  await start()
  await applied('admin', offered('web', ownPodTemplate()))
})
inTheEnd(
  () => replica[Symbol.asyncDispose](),
  () => proxy.close(),
  () => people[Symbol.asyncDispose](),
  () => installed[Symbol.asyncDispose](),
)

async function start(): Promise<void> {
  replica = await startReplica({ config: installed.config, kubeconfig: proxy.kubeconfig })
  installed.service.endpoints = [replica.port]
}

type Called = Parameters<Parameters<FaultProxy['onRequest']>[0]>[0]

/** The two writes between which only the API server knows of a pod. */
const moments: Readonly<Record<string, (call: Called) => boolean>> = {
  pod: ({ method, path, query }) =>
    method === 'POST' && path.endsWith(`/namespaces/${namespace}/pods`) && !query.has('dryRun'),
  note: ({ method, path, body }) => method === 'PATCH' && path.endsWith('/status') && body.includes('"podUID"'),
}

testOnNode.each([
  ['the pod is made, and nobody knows of it', 'pod', true],
  ['the pod is to be made', 'pod', false],
  ['its uid is to be noted', 'note', false],
  ['its uid is noted', 'note', true],
])('killed when %s: in the end there is one pod, and it is the one that is noted', async (_title, moment, reached) => {
  const name = `web-${moment}-${reached ? 'after' : 'before'}`
  let isHeld = false
  const hold = (): Promise<never> => {
    isHeld = true
    return new Promise(() => undefined)
  }
  proxy.onRequest((call): Fault | undefined => {
    if (isHeld || !moments[moment]?.(call)) return undefined
    if (reached) return { kind: 'hold-answer', until: hold }
    void hold()
    return { kind: 'silence' }
  })

  await people.ask(name, request(name).spec)
  await until('it is held', () => isHeld)
  replica.signal('SIGKILL')
  await replica.ended
  proxy.startAfresh()
  await freeLease()
  await start()

  const { status, ...stored } = await people.chronicle.when(name, 'is ready', isReady)
  const pods = await podsFor({ ...stored, ...(status && { status }) })
  expect(pods.map(({ metadata }) => metadata.uid)).toEqual([status?.target?.podUID])
  expect((await pod(status?.target?.pod ?? '')).metadata.deletionTimestamp).toBeUndefined()
  const approvals = people.chronicle.of(name).map((state) => state.status?.expiresAt)
  expect(new Set(approvals.filter((one) => one !== undefined)).size).toBe(1)
})

testOnNode('a creation that collides with another, as under a ResourceQuota, is tried again', async () => {
  let refused = 0
  proxy.onRequest((call) => (moments['pod']?.(call) && refused++ < 2 ? statusFault(409, 'Conflict') : undefined))

  await people.ask('web-quota', request('web-quota').spec)

  await people.chronicle.when('web-quota', 'is ready', isReady)
  expect(refused).toBeGreaterThan(2)
})

testOnNode(
  'where a webhook of the cluster keeps dry runs from showing the pod, it is said, and made as asked',
  async () => {
    const words = 'admission webhook "effects.example.com" does not support dry run'
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      message: words,
      reason: 'BadRequest',
      code: 400,
    }
    proxy.onRequest(({ method, path, query }) =>
      method === 'POST' && path.endsWith('/pods') && query.has('dryRun')
        ? { kind: 'answer', status: 400, body: JSON.stringify(status) }
        : undefined,
    )

    await people.ask('web-effects', request('web-effects').spec)
    const ready = await people.chronicle.when('web-effects', 'is ready', isReady)

    expect(ready.status?.target?.admittedDigest).toBeUndefined()
    expect(ready.status?.conditions).toContainEqual(
      expect.objectContaining({
        type: 'PodAdmitted',
        status: 'Unknown',
        reason: 'NoDryRun',
        message: expect.stringContaining(words),
      }),
    )
  },
)
