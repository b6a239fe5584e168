import { beforeAll, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { ended, refusedApply, storedRequest } from '../fixtures/access.ts'
import { challengedIn, sre, withdraw } from '../fixtures/challenges.ts'
import { install, type Installation } from '../fixtures/installation.ts'
import { freeLease } from '../fixtures/lease.ts'
import { leads, startReplica, type Replica } from '../fixtures/replica.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { runningPod } from '../fixtures/workload.ts'

const namespace = 'challenges-restart'
const testOnNode = testWithNode()

let installed: Installation
let replica: Replica

beforeAll(async () => {
  installed = await install(namespace)
  if (testOnNode === test) await runningPod(namespace, 'web-0')
  await start()
})
inTheEnd(
  () => replica[Symbol.asyncDispose](),
  () => installed[Symbol.asyncDispose](),
)

async function start(): Promise<void> {
  replica = await startReplica(installed)
  installed.service.endpoints = [replica.port]
  await until('it leads', () => leads(replica), 20_000)
}

/** Kills Sallyport, does this while it is down, and starts it again. */
async function killed(meanwhile: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
  replica.signal('SIGKILL')
  await replica.ended
  await meanwhile()
  await freeLease()
  await start()
}

testOnNode('killed while half approved: nothing is forgotten, nothing granted again, nothing lengthened', async () => {
  const { offer, ask, told, verdict, approve, ready } = challengedIn(namespace)
  await offer('two', [{ peerReview: { count: 2, reviewers: [sre] } }])
  const under = { templateRef: { kind: 'AccessTemplate', name: 'two' } }
  for (const name of ['goes-on', 'taken-back']) {
    await ask(name, under)
    await approve('bob', name)
    await told(name, 'it needs approval by 1 more of group sre')
  }
  await killed(() => withdraw(namespace, 'taken-back-bob'))

  await told('taken-back', 'it needs approval by 2 more of group sre')
  await told('goes-on', 'it needs approval by 1 more of group sre')
  const again = { ...(await verdict('bob', 'goes-on')), metadata: { name: 'again', namespace } }
  expect(await refusedApply('bob', again)).toContain('does not count for request')
  await approve('carol', 'goes-on')
  await ready('goes-on')
  const { status: before } = await storedRequest(namespace, 'goes-on')
  await killed()

  const { status: after } = await storedRequest(namespace, 'goes-on')
  expect(after).toEqual(before)
  expect(after?.approvals).toHaveLength(2)
  await killed(() => withdraw(namespace, 'goes-on-carol'))
  expect(await ended(namespace, 'goes-on', 'Revoked')).toBe('grant goes-on-carol of carol was withdrawn')
})
