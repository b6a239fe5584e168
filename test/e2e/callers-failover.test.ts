import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Agent } from 'undici'
import { faultGround } from '../faults/ground.ts'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import type { Installation } from '../fixtures/installation.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import type { People } from '../fixtures/people.ts'
import { postReview } from '../fixtures/post-review.ts'
import { leads, startReplica, type Replica } from '../fixtures/replica.ts'
import { execReview, reviewBody } from '../fixtures/review.ts'
import { urlHere } from '../fixtures/this-machine.ts'
import { until } from '../fixtures/until.ts'
import { webhookPath } from '../fixtures/webhook-path.ts'

// Each replica must accept the path that any leader has made, and must never refuse the API server for it (issue 13,
// C2).
const namespace = 'callers-failover'
const replacedWithinMs = 40_000

let installed: Installation
let people: People
let agent: Agent
const replicas: Replica[] = []

const ground = faultGround(namespace)
beforeAll(async () => {
  ;({ installed, people } = ground())
  agent = new Agent({ connect: { ca: readFileSync(join(dirname(installed.config), 'ca.crt')) } })
  await paperPod(people.admin, namespace, 'web-0')
})
afterAll(() => agent.close())
inTheEnd(() => Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]())))

async function start(): Promise<Replica> {
  const replica = await startReplica({ config: installed.config, kubeconfig: installed.kubeconfig })
  replicas.push(replica)
  return replica
}

async function statusAt({ port }: Replica, path: string): Promise<number> {
  const { status } = await postReview({ url: urlHere(port), agent }, path, reviewBody(execReview({ namespace })))
  return status
}

test('with two replicas both take the path of either leader, also through a failover, and no call of the API server is refused', async () => {
  const first = await start()
  installed.service.endpoints = [first.port]
  await until('the first leads', () => leads(first), replacedWithinMs)
  const second = await start()
  installed.service.endpoints = [second.port, first.port]
  const ofFirst = await until('the first has made its path', () => webhookPath(people.admin, '/connect'))
  expect(await Promise.all([statusAt(first, ofFirst), statusAt(second, ofFirst)])).toEqual([200, 200])
  const over = new AbortController()
  const texts: string[] = []
  const load = (async () => {
    while (!over.signal.aborted) texts.push((await people.exec('web-0')).text)
  })()

  // Its Lease is still held for 15 s. The second replica answers all the while.
  first.signal('SIGKILL')
  await first.ended
  await until('the second leads', () => leads(second), replacedWithinMs)
  const third = await start()
  installed.service.endpoints = [third.port, second.port]
  await until('the path is another', async () => (await webhookPath(people.admin, '/connect')) !== ofFirst, 30_000)
  const ofSecond = await webhookPath(people.admin, '/connect')
  const taken = await Promise.all([second, third].map((replica) => statusAt(replica, ofSecond)))
  over.abort()
  await load

  expect(taken).toEqual([200, 200])
  expect(texts.length).toBeGreaterThan(20)
  expect(texts.filter((text) => !text.includes('(E_NO_PASS)'))).toEqual([])
  for (const replica of [second, third]) expect(await statusAt(replica, '/connect')).toBe(403)
})
