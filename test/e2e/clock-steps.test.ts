import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { resources } from '../../src/cluster/resources.ts'
import { isFinished } from '../../src/decision/phase.ts'
import { requestUidLabel } from '../../src/provision/exec-objects.ts'
import { statusFault } from '../faults/fault.ts'
import { startFaultProxy, type FaultProxy } from '../faults/proxy.ts'
import { install, type Installation } from '../fixtures/installation.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { isAsked, isReady, peopleOf, type People } from '../fixtures/people.ts'
import { leads, startReplica, type Replica } from '../fixtures/replica.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'clock-steps'
const hour = 3_600_000
const clockFile = join(temporaryFolder(), 'clock')
const steppedClock = fileURLToPath(new URL('../faults/stepped-clock.mjs', import.meta.url))
// A sleeper looks every ten seconds whether the time was put forward.
const tornDownWithinMs = 12_000
const endedWithinMs = 2_000

let installed: Installation
let proxy: FaultProxy
let people: People
let replica: Replica

beforeAll(async () => {
  step(0)
  installed = await install(namespace)
  people = await peopleOf(namespace)
  proxy = await startFaultProxy(installed.kubeconfig)
  replica = await startReplica({
    config: installed.config,
    kubeconfig: proxy.kubeconfig,
    imports: [steppedClock],
    env: { SALLYPORT_TEST_CLOCK: clockFile },
  })
  installed.service.endpoints = [replica.port]
  await until('it leads', () => leads(replica))
})
afterAll(async () => {
  await replica[Symbol.asyncDispose]()
  await proxy.close()
  await people[Symbol.asyncDispose]()
  await installed[Symbol.asyncDispose]()
})
beforeEach(() => stepped(0))
// Whatever the steps, the same process leads all the time: how long it has held its Lease nobody can set.
afterEach(() => {
  expect(replica.lines.filter(({ msg }) => msg === 'leadership changed')).toHaveLength(1)
})

function step(ms: number): void {
  writeFileSync(clockFile, String(ms))
}

/** Resolves once the gate's time of day is so far from the true one. */
async function stepped(ms: number): Promise<void> {
  step(ms)
  await until('its clock has followed', () => {
    return replica.lines.findLast(({ msg }) => msg === 'clock stepped')?.offsetMs === ms
  })
}

async function asked(name: string, spec: object = {}): Promise<void> {
  await paperPod(people.admin, namespace, name)
  await people.ask(name, spec)
  await people.chronicle.when(name, 'has a digest', isAsked)
}

/** Its end by the true time. */
async function access(name: string, spec: object = {}): Promise<number> {
  await asked(name, spec)
  await people.grant(name)
  const { status } = await people.chronicle.when(name, 'is ready', isReady)
  return Date.parse(status?.expiresAt ?? '')
}

async function bindings(name: string): Promise<number> {
  const labelSelector = `${requestUidLabel}=${people.chronicle.of(name)[0]?.metadata.uid ?? ''}`
  return (await people.admin.list(resources.RoleBinding, { namespace, labelSelector })).items.length
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

  expect(after).toMatchObject({ letIn: false, text: expect.stringContaining('its time is over (E_ENDED)') })
  expect(status?.phase).toBe('Expired')
  expect(endedAfterMs).toBeLessThan(endedWithinMs)
  await until('its RBAC is gone', async () => (await bindings('short')) === 0)
  expect(await people.exec('over')).toMatchObject({ letIn: false })
})

test('put back by an hour: what failed is tried again at once, and who asks is served, no longer than was asked', async () => {
  let refused = 0
  await asked('again', { duration: '2h' })
  proxy.onRequest(({ method, path }) => {
    if (method !== 'PATCH' || !path.endsWith('/again/status')) return undefined
    refused += 1
    return statusFault(500, 'InternalError')
  })
  await people.grant('again')
  await until('it failed', () => refused > 3)

  await stepped(-hour)
  proxy.startAfresh()
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
  await until('its RBAC is gone', async () => (await bindings('half')) === 0)

  expect(half).toMatchObject({ letIn: false, text: expect.stringContaining('its time is over (E_ENDED)') })
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
  // By then its controller has looked again, too.
  await access('now', { duration: '2h' })
  const later = await people.exec('later')

  expect(later).toMatchObject({ letIn: false, text: expect.stringContaining(`begins at ${startAt} (E_PENDING)`) })
  expect(await bindings('later')).toBe(0)
  const { status } = people.chronicle.of('now').at(-1) ?? {}
  expect(Date.parse(status?.expiresAt ?? '')).toBeLessThanOrEqual(Date.now() + 2 * hour)
})
