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

/** The two writes between which nobody but the API server knows of a pod. */
const moments: Readonly<Record<string, (method: string, path: string, body: string) => boolean>> = {
  pod: (method, path) => method === 'POST' && path.endsWith(`/namespaces/${namespace}/pods`),
  note: (method, path, body) => method === 'PATCH' && path.endsWith('/status') && body.includes('"podUID"'),
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
  proxy.onRequest(({ method, path, body }): Fault | undefined => {
    if (isHeld || !moments[moment]?.(method, path, body)) return undefined
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
  proxy.onRequest(({ method, path, body }) =>
    moments['pod']?.(method, path, body) && refused++ < 2 ? statusFault(409, 'Conflict') : undefined,
  )

  await people.ask('web-quota', request('web-quota').spec)

  await people.chronicle.when('web-quota', 'is ready', isReady)
  expect(refused).toBeGreaterThan(2)
})
