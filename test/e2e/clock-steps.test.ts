import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { isFinished } from '../../src/decision/phase.ts'
import { statusFault } from '../faults/fault.ts'
import { faultGround } from '../faults/ground.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { isAsked, isReady, type People } from '../fixtures/people.ts'
import { leads, type Replica } from '../fixtures/replica.ts'
import { steppedTime } from '../fixtures/stepped-time.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'clock-steps'
const hour = 3_600_000
const time = steppedTime(temporaryFolder())
// A sleeper checks every ten seconds whether the time of day was set forward.
const tornDownWithinMs = 12_000
const endedWithinMs = 2_000
// The controller may remove the pass before the test asks.
const overOrForgotten = expect.stringMatching(/its time is over \(E_ENDED\)|\(E_NO_PASS\)/)

let people: People
let replica: Replica

const ground = faultGround(namespace)
beforeAll(async () => {
  people = ground().people
  replica = await ground().serve(time.options)
  await until('it leads', () => leads(replica))
})
beforeEach(() => stepped(0))
// Whatever the steps, the same process leads all the time: setting the clock does not change how long it has held its
// Lease.
afterEach(() => {
  expect(replica.lines.filter(({ msg }) => msg === 'leadership changed')).toHaveLength(1)
})

/** Resolves once the gate's time of day differs from the true one by this much. */
function stepped(ms: number): Promise<void> {
  return time.set(ms, [replica])
}

async function asked(name: string, spec: object = {}): Promise<void> {
  await paperPod(people.admin, namespace, name)
  await people.ask(name, spec)
  await people.chronicle.when(name, 'has a digest', isAsked)
}

/** Gives access, and returns its end by the true time. */
async function access(name: string, spec: object = {}): Promise<number> {
  const { status } = await people.access(name, spec)
  return Date.parse(status?.expiresAt ?? '')
}

test('put back by an hour: access ends when it was to end, and what has ended stays so', async () => {
  await access('over', { duration: '1s' })
  await people.chronicle.when('over', 'has expired', isFinished)
  const expiresAt = await access('short', { duration: '5s' })

  await stepped(-hour)
  expect(await people.exec('over')).toMatchObject({ letIn: false })
  expect(await people.exec('short')).toMatchObject({ letIn: true })
  await until('its time is over', () => Date.now() >= expiresAt)
  const after = await people.exec('short')
  const { status } = await people.chronicle.when('short', 'has ended', isFinished)
  const endedAfterMs = Date.now() - expiresAt

  expect(after).toMatchObject({ letIn: false, text: overOrForgotten })
  expect(status?.phase).toBe('Expired')
  expect(endedAfterMs).toBeLessThan(endedWithinMs)
  await until('its RBAC is gone', async () => (await people.rbac('short')).length === 0)
  expect(await people.exec('over')).toMatchObject({ letIn: false })
})

test('put back by an hour: what failed is tried again at once, and who asks is served, no longer than was asked', async () => {
  let refused = 0
  await asked('again', { duration: '2h' })
  ground().proxy.onRequest(({ method, path }) => {
    if (method !== 'PATCH' || !path.endsWith('/again/status')) return undefined
    refused += 1
    return statusFault(500, 'InternalError')
  })
  await people.grant('again')
  await until('it failed', () => refused > 3)

  await stepped(-hour)
  ground().proxy.startAfresh()
  const { status } = await people.chronicle.when('again', 'is ready', isReady)

  expect(Date.parse(status?.expiresAt ?? '')).toBeLessThanOrEqual(Date.now() + 2 * hour)
  expect(await people.exec('again')).toMatchObject({ letIn: true })
})

test(`put forward by an hour: access that ends by either time is over at once, and torn down within ${tornDownWithinMs / 1_000} s`, async () => {
  await access('half', { duration: '30m' })
  await access('long', { duration: '2h' })

  const steppedAt = performance.now()
  await stepped(hour)
  const half = await people.exec('half')
  const { status } = await people.chronicle.when('half', 'has ended', isFinished)
  await until('its RBAC is gone', async () => (await people.rbac('half')).length === 0)

  expect(half).toMatchObject({ letIn: false, text: overOrForgotten })
  expect(status?.phase).toBe('Expired')
  expect(performance.now() - steppedAt).toBeLessThan(tornDownWithinMs)
  expect(await people.exec('long')).toMatchObject({ letIn: true })
})

test('put forward by an hour: no access begins before its time, and none is longer than was asked', async () => {
  const startAt = new Date(Date.now() + hour / 2).toISOString()
  await asked('later', { startAt })
  await people.grant('later')
  await people.chronicle.when('later', 'is scheduled', ({ status }) => status?.phase === 'Scheduled')

  await stepped(hour)
  // By then the controller has looked again, too.
  await access('now', { duration: '2h' })
  const later = await people.exec('later')

  expect(later).toMatchObject({ letIn: false, text: expect.stringContaining(`begins at ${startAt} (E_PENDING)`) })
  expect(await people.rbac('later')).not.toContain('RoleBinding')
  const { status } = people.chronicle.of('now').at(-1) ?? {}
  expect(Date.parse(status?.expiresAt ?? '')).toBeLessThanOrEqual(Date.now() + 2 * hour)
})
