import { beforeAll, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { isFinished } from '../../src/decision/phase.ts'
import { faultGround } from '../faults/ground.ts'
import { startFaultProxy, type FaultProxy } from '../faults/proxy.ts'
import type { ExecCall } from '../fixtures/exec-call.ts'
import type { Installation } from '../fixtures/installation.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { isAsked, isReady, type People } from '../fixtures/people.ts'
import { leads, startReplica, type Replica } from '../fixtures/replica.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'failover'
// The Lease lasts 15 s, and a replica looks at it every 2 s. The rest is for a busy machine: one needed 20.1 s.
const replacedWithinMs = 30_000
const servedWithinMs = 5_000
const execEveryMs = 100

let installed: Installation
let people: People

/** A replica, and the proxy between it and the API server. The proxy shows which writes are from this replica. */
interface Member {
  readonly replica: Replica
  readonly proxy: FaultProxy
}
const members: Member[] = []

const ground = faultGround(namespace)
beforeAll(async () => {
  ;({ installed, people } = ground())
  await Promise.all(['live', 'asked', 'granted', 'scheduled'].map((name) => paperPod(people.admin, namespace, name)))
})
inTheEnd(
  () => Promise.all(members.map(({ replica }) => replica[Symbol.asyncDispose]())),
  () => Promise.all(members.map(({ proxy }) => proxy.close())),
)

async function start(): Promise<Member> {
  const proxy = await startFaultProxy(installed.kubeconfig)
  const member = { proxy, replica: await startReplica({ config: installed.config, kubeconfig: proxy.kubeconfig }) }
  members.push(member)
  return member
}

/** Makes the Service have only these ready members. */
function serve(...ready: readonly Member[]): void {
  installed.service.endpoints = ready.map(({ replica }) => replica.port)
}

async function access(name: string, spec: object = {}): Promise<void> {
  await people.ask(name, spec)
  await people.grant(name)
}

const untilReady = (name: string) => people.chronicle.when(name, 'is ready', isReady)

/**
 * Returns the calls of a replica that change something. Renewals of the Lease are left out: if another replica holds
 * it, their resourceVersion makes them fail.
 */
function writes({ proxy }: Member): readonly string[] {
  return proxy.requests
    .filter(({ method, path }) => method !== 'GET' && !path.includes('/leases/') && !path.includes('accessreviews'))
    .map(({ method, path }) => `${method} ${path}`)
}

test(`a SIGKILLed leader is replaced within ${replacedWithinMs / 1_000} s; who has access goes on using it, and who asks is served then`, async () => {
  const leader = await start()
  serve(leader)
  await until('it leads', () => leads(leader.replica))
  const heir = await start()
  serve(leader, heir)
  await access('live')
  await untilReady('live')
  await people.ask('granted')
  await people.chronicle.when('granted', 'has a digest', isAsked)

  leader.replica.signal('SIGKILL')
  const killedAt = performance.now()
  await leader.replica.ended
  // No replica leads. The remaining one stamps both.
  await people.ask('asked')
  await people.grant('granted')
  const execs: ExecCall[] = []
  while (!leads(heir.replica)) {
    expect(performance.now() - killedAt).toBeLessThan(replacedWithinMs)
    execs.push(await people.exec('live'))
    await sleep(execEveryMs)
  }
  const replacedAfterMs = performance.now() - killedAt
  await untilReady('granted')
  await people.grant('asked')
  await untilReady('asked')
  const servedAfterMs = performance.now() - killedAt - replacedAfterMs

  expect(execs.filter(({ letIn }) => !letIn)).toEqual([])
  expect(servedAfterMs).toBeLessThan(servedWithinMs)
  expect(await people.exec('asked')).toMatchObject({ letIn: true })
  expect(writes(heir)).not.toEqual([])
})

test('a leader that was stopped for longer than its Lease writes nothing when it goes on', async () => {
  const leader = members.at(-1)
  if (!leader) throw new Error('nobody leads')
  const heir = await start()
  const begin = Date.now() + 3_000
  await access('scheduled', { startAt: new Date(begin).toISOString() })
  // The replica is stopped between the write that begins the access and the next one, which would make its RBAC.
  const answer = Promise.withResolvers<undefined>()
  const isHeld = Promise.withResolvers<undefined>()
  leader.proxy.onRequest(({ path, body }) => {
    if (!path.endsWith('/scheduled/status') || !body.includes('"phase":"Approved"')) return undefined
    const until = () => {
      isHeld.resolve(undefined)
      return answer.promise
    }
    return { kind: 'hold-answer', until }
  })
  await isHeld.promise
  leader.replica.signal('SIGSTOP')
  serve(heir)
  await until('the other leads', () => leads(heir.replica), replacedWithinMs)
  await untilReady('scheduled')
  await people.revoke('scheduled')
  await people.chronicle.when('scheduled', 'has ended', isFinished)
  await until('its RBAC is gone', async () => (await people.rbac('scheduled')).length === 0)
  const before = writes(leader)

  answer.resolve(undefined)
  leader.replica.signal('SIGCONT')
  await until('it knows that it does not lead', () => !leads(leader.replica))

  expect(writes(leader)).toEqual(before)
  expect(await people.rbac('scheduled')).toEqual([])
  expect(await people.exec('scheduled')).toMatchObject({ letIn: false })
  serve(leader, heir)
  expect(await people.exec('live')).toMatchObject({ letIn: true })
})
