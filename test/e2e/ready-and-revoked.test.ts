import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { paperPod } from '../fixtures/paper-pod.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { isReady, peopleOf, type People } from '../fixtures/people.ts'
import { mayExec } from '../fixtures/workload.ts'

const namespace = 'ready'
// At night: 1 000.
const count = Number(process.env['SALLYPORT_TEST_RACES'] ?? 100)
const atOnce = 8
const atOnceMs = 10

gatedNamespace(namespace, async () => {
  // For alice only the gate decides. For mallory the RBAC that is made for each access decides, too.
  await mayExec(namespace, 'alice')
})

const people: People[] = []
beforeAll(async () => {
  people.push(await peopleOf(namespace, 'alice'), await peopleOf(namespace, 'mallory'))
})
afterAll(async () => {
  for (const one of people) await one[Symbol.asyncDispose]()
})

interface Race {
  readonly name: string
  /** The time from seeing Ready until the exec was sent. */
  readonly sentAfterMs: number
  readonly ready: string
  readonly revoked: string
}

async function run(one: People, name: string): Promise<Race> {
  const { admin, chronicle } = one
  await paperPod(admin, namespace, name)
  await one.ask(name)
  await one.grant(name)
  let seenAt = 0
  await chronicle.when(name, 'is ready', (request) => {
    if (!isReady(request)) return false
    seenAt = performance.now()
    return true
  })
  const sentAfterMs = performance.now() - seenAt
  const ready = await one.exec(name)
  await one.revoke(name)
  const revoked = await one.exec(name)
  return { name, sentAfterMs, ready: outcome(ready), revoked: outcome(revoked) }
}

function outcome({ letIn, text }: { readonly letIn: boolean; readonly text: string }): string {
  return letIn ? 'let in' : text
}

test(`${count} times: an exec as soon as an access is Ready is let in, and one as soon as it is revoked is not`, async () => {
  const races: Race[] = []
  let next = 0
  const runSome = async (): Promise<void> => {
    while (next < count) {
      const index = next++
      const one = people[index % people.length]
      if (one) races.push(await run(one, `race-${index}`))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, runSome))

  expect(races).toHaveLength(count)
  expect(races.filter(({ ready }) => ready !== 'let in')).toEqual([])
  expect(races.filter(({ revoked }) => revoked === 'let in')).toEqual([])
  // Otherwise the test would say little. It does not ask this of all races, because others use this machine, too.
  expect(races.filter(({ sentAfterMs }) => sentAfterMs <= atOnceMs).length).toBeGreaterThan(count / 2)
}, 300_000)

test('of 20 requests for one pod that come at once 16 wait for a grant, and the others are told that there is no room', async () => {
  const [alice] = people
  if (!alice) throw new Error('alice is not there')
  const names = Array.from({ length: 20 }, (_, index) => `crowd-${index}`)
  await paperPod(alice.admin, namespace, 'crowd')
  await Promise.all(names.map((name) => alice.ask(name, { exec: { pod: 'crowd', container: 'app' } })))
  const told = names.map((name) => alice.chronicle.when(name, 'is told', ({ status }) => status?.message !== undefined))
  const statuses = (await Promise.all(told)).map(({ status }) => status)

  expect(statuses.filter((status) => status?.digest !== undefined)).toHaveLength(16)
  for (const status of statuses.filter((one) => one?.digest === undefined)) {
    expect(status).toMatchObject({
      phase: 'Failed',
      message: expect.stringContaining('you have 16 unfinished requests for this pod'),
    })
  }
})
