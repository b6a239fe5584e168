import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { isFinished, isGranted } from '../../src/decision/phase.ts'
import { requestUidLabel } from '../../src/api/provided-object.ts'
import { errorEventFault, statusFault, type Fault, type ProxiedRequest } from '../faults/fault.ts'
import { faultGround } from '../faults/ground.ts'
import type { FaultProxy } from '../faults/proxy.ts'
import { access, applied, asked, storedRequest } from '../fixtures/access.ts'
import type { ExecCall } from '../fixtures/exec-call.ts'
import { admin } from '../fixtures/kubectl.ts'
import { freeLease } from '../fixtures/lease.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { isReady, type People } from '../fixtures/people.ts'
import { recordedLists } from '../faults/recorded-lists.ts'
import { leads, type Replica } from '../fixtures/replica.ts'
import { roleRequest, roleTemplate } from '../fixtures/roles.ts'
import { until } from '../fixtures/until.ts'

// test/api-server tests how each part handles these faults by itself: reflector, reflector-chaos, client, leader-lease.
// One test there has a watch that was accepted and is silent for two minutes.
const namespace = 'faults'
// Longer at night: the pauses between retries grow.
const faultMs = Number(process.env['SALLYPORT_TEST_FAULT_MS'] ?? 1_000)
const lateMs = 6_000
// A retry comes after a fault about as late as the fault had lasted. A list follows within some seconds.
const normalWithinMs = 20_000
// The API server gives the gate five seconds. The rest is for the call itself.
const answeredWithinMs = 5_500

let proxy: FaultProxy
let people: People
let replica: Replica
let round = 0

const ground = faultGround(namespace)
beforeAll(async () => {
  people = ground().people
  proxy = ground().proxy
  await paperPod(people.admin, namespace, 'nobodys')
})

// Each fault meets a new replica, which no earlier fault has made wary.
beforeEach(async () => {
  round += 1
  await freeLease()
  replica = await ground().serve()
})
afterEach(async () => {
  proxy.startAfresh()
  await replica[Symbol.asyncDispose]()
})

const isRead = ({ method, isWatch }: ProxiedRequest): boolean => method === 'GET' && !isWatch
const isWrite = ({ method, path }: ProxiedRequest): boolean => method !== 'GET' && !path.endsWith('accessreviews')

interface Case {
  readonly what: string
  readonly rule: (request: ProxiedRequest) => Fault | undefined
  readonly lastsMs?: number
}

const always =
  (fault: Fault): Case['rule'] =>
  () =>
    fault
/** Returns a rule that gives each request the next fault in turn. */
function inTurn(...faults: readonly Fault[]): Case['rule'] {
  let next = 0
  return () => faults[next++ % faults.length]
}

const tooMany = statusFault(429, 'TooManyRequests')
const tooManyFor1s = statusFault(429, 'TooManyRequests', { 'retry-after': '1' })
const errors: readonly Fault[] = [
  statusFault(500, 'InternalError'),
  statusFault(503, 'ServiceUnavailable'),
  statusFault(403, 'Forbidden'),
  { kind: 'answer', status: 404, body: '404 page not found' },
]
const broken: readonly Fault[] = [
  { kind: 'reset', afterBytes: 30 },
  { kind: 'truncate', afterBytes: 30 },
  { kind: 'answer', status: 200, body: '<html>Log in</html>' },
  { kind: 'answer', status: 200, body: '{"ok":true}' },
]
const reset: Fault = { kind: 'reset', afterBytes: 0 }

// Each kind of fault by itself takes twice as long, and shows the same unless two kinds need each other.
const answers: readonly Case[] =
  process.env['SALLYPORT_EACH_FAULT'] === undefined
    ? [
        { what: '429, with Retry-After and without', rule: inTurn(tooMany, tooManyFor1s) },
        {
          what: '500, 503, 403, a 404 of somebody else, resets, and bodies that are cut short, no JSON, or something else',
          rule: inTurn(...errors, reset, ...broken),
        },
      ]
    : [
        { what: '429', rule: always(tooMany) },
        { what: '429 with Retry-After', rule: always(tooManyFor1s) },
        { what: '500, 503, 403 and a 404 of somebody else', rule: inTurn(...errors) },
        { what: 'resets', rule: always(reset) },
        { what: 'bodies that are cut short, no JSON, or something else', rule: inTurn(...broken) },
      ]

const cases: readonly Case[] = [
  ...answers,
  {
    what: 'writes that count and are not answered',
    rule: (one) => (isWrite(one) ? { kind: 'lose-answer' } : undefined),
  },
  { what: 'a conflict on every write', rule: (one) => (isWrite(one) ? statusFault(409, 'Conflict') : undefined) },
  { what: '410 on every watch', rule: ({ isWatch }) => (isWatch ? errorEventFault(410, 'Expired') : undefined) },
  {
    what: 'answers later than the deadline',
    rule: (one) => (isRead(one) ? { kind: 'hold-answer', until: () => sleep(lateMs) } : undefined),
    lastsMs: lateMs,
  },
]

/** True if the answer is in time, and is either right or a denial with code and id. */
function isSound({ ms, letIn, text }: ExecCall): boolean {
  return ms < answeredWithinMs && (letIn || /id [0-9a-f-]{36} \((E_INTERNAL|E_DEADLINE)\)/.test(text))
}

describe(`nobody is let in wrongly, every answer is in time, and within ${normalWithinMs / 1_000} s after it all is as it should be`, () => {
  test.each(cases)('$what', async ({ rule, lastsMs = faultMs }) => {
    const [live, ended, asked] = ['live', 'ended', 'asked'].map((name) => `${name}-${round}`) as [
      string,
      string,
      string,
    ]
    await Promise.all([people.access(live), people.access(ended), paperPod(people.admin, namespace, asked)])
    const before = people.chronicle.of(live).at(-1)?.status

    proxy.onRequest(rule)
    // Connections that are open would stay.
    proxy.cut()
    const endsAt = performance.now() + lastsMs
    const asking = people.ask(asked)
    await people.revoke(ended)
    const calls: ExecCall[] = []
    const wrong: ExecCall[] = []
    while (performance.now() < endsAt) {
      const [ofLive, ...ofOthers] = await Promise.all([live, ended, 'nobodys'].map((name) => people.exec(name)))
      if (ofLive) calls.push(ofLive)
      wrong.push(...ofOthers.filter(({ letIn }) => letIn))
    }
    proxy.onRequest(() => undefined)
    const overAt = performance.now()
    const granted = asking.then(() => people.grant(asked))

    expect(wrong).toEqual([])
    expect(calls.filter((call) => !isSound(call))).toEqual([])
    await granted
    await people.chronicle.when(asked, 'is ready', isReady)
    await people.chronicle.when(ended, 'has ended', isFinished)
    await until(
      'the RBAC of what has ended is gone',
      async () => (await people.rbac(ended)).length === 0,
      normalWithinMs,
    )
    expect(performance.now() - overAt).toBeLessThan(normalWithinMs)
    expect(await people.exec(asked)).toMatchObject({ letIn: true })
    expect(await people.exec(live)).toMatchObject({ letIn: true })
    expect(people.chronicle.of(live).at(-1)?.status).toEqual(before)
  })
})

test('connections that a firewall forgot are given up within 25 s, and meanwhile the gate answers in time', async () => {
  const name = `frozen-${round}`
  await Promise.all([people.access(name), paperPod(people.admin, namespace, `${name}-new`)])

  proxy.freeze()
  const frozenAt = performance.now()
  const first = await people.exec(name)
  await people.ask(`${name}-new`)
  await people.grant(`${name}-new`)
  await people.chronicle.when(`${name}-new`, 'is ready', isReady)

  expect(isSound(first)).toBe(true)
  expect(performance.now() - frozenAt).toBeLessThan(25_000)
  expect(leads(replica)).toBe(true)
  expect(await people.exec(name)).toMatchObject({ letIn: true })
})

test('lists out of the past end nothing that lives, revive nothing that has ended, and are forgotten at the next look', async () => {
  const [live, ended] = [`past-live-${round}`, `past-ended-${round}`]
  await people.access(ended)
  const past = await recordedLists(ground().installed.kubeconfig)
  await people.access(live)
  await people.revoke(ended)
  await people.chronicle.when(ended, 'has ended', isFinished)
  await until('its RBAC is gone', async () => (await people.rbac(ended)).length === 0)
  const before = people.chronicle.of(live).at(-1)?.status

  const told = new Set<string>()
  proxy.onRequest((request) => {
    const body = past.get(request.path)
    if (body === undefined || request.method !== 'GET') return undefined
    if (request.isWatch)
      return told.has(request.path) ? statusFault(503, 'ServiceUnavailable') : errorEventFault(410, 'Expired')
    told.add(request.path)
    return { kind: 'answer', status: 200, body }
  })
  proxy.cut()
  const calls: ExecCall[] = []
  await until('every list was told', async () => {
    calls.push(await people.exec(live), await people.exec('nobodys'))
    return told.size === past.size
  })
  const ofEnded = await people.exec(ended)
  proxy.startAfresh()
  await people.access(`past-new-${round}`)

  expect(calls.map(({ letIn }) => letIn)).toEqual(calls.map((_, index) => index % 2 === 0))
  expect(ofEnded).toMatchObject({ letIn: false })
  expect(people.chronicle.of(live).at(-1)?.status).toEqual(before)
  expect(await people.rbac(live)).toEqual(['Role', 'RoleBinding'])
  await until('what had ended has no RBAC', async () => (await people.rbac(ended)).length === 0, normalWithinMs)
})

test('a list of requests out of the past costs nobody the grant of a request that was made anew, nor its RBAC', async () => {
  const name = `again-${round}`
  const path = pathOf(accessRequestKind)
  await paperPod(people.admin, namespace, name)
  await people.ask(name)
  await asked(namespace, name)
  const past = (await recordedLists(ground().installed.kubeconfig)).get(path) ?? ''
  await people.remove(name)
  await until('it is gone', () => people.chronicle.isGone(name))
  const { metadata } = await access(namespace, name, { exec: { pod: name, container: 'app' } })
  const labelSelector = `${requestUidLabel}=${metadata.uid}`
  const binding = async (): Promise<string | undefined> =>
    (await people.admin.list(resources.RoleBinding, { namespace, labelSelector })).items[0]?.metadata.uid
  const before = await binding()

  proxy.startAfresh()
  let isTold = false
  proxy.onRequest((request) => {
    if (request.path !== path) return undefined
    if (request.isWatch) return isTold ? statusFault(503, 'ServiceUnavailable') : errorEventFault(410, 'Expired')
    isTold = true
    return { kind: 'answer', status: 200, body: past }
  })
  proxy.cut()
  await until('it was looked at', () =>
    proxy.requests.some((one) => one.path.endsWith(`/${name}`) && /accessgrants|accessrequests/.test(one.path)),
  )
  proxy.startAfresh()
  await people.access(`again-new-${round}`)

  expect((await storedRequest(namespace, name)).status?.phase).toBe('Active')
  expect(await binding()).toBe(before)
})

test('a replica that sees the labels of a namespace late refuses nobody for that', async () => {
  const name = `labelled-${round}`
  const template = roleTemplate(name, undefined, { bindings: [{ roleRef: { kind: 'Role', name: 'none' } }] })
  const namespaces = { matchLabels: { [name]: 'yes' } }
  await applied('admin', { ...template, spec: { ...template.spec, namespaces } })
  proxy.onRequest(({ path, isWatch }) =>
    isWatch && path === '/api/v1/namespaces' ? statusFault(503, 'ServiceUnavailable') : undefined,
  )
  proxy.cut()
  await admin(['label', 'namespace', namespace, `${name}=yes`])
  await people.ask(name, roleRequest(namespace, name, template).spec)
  const { status } = await people.chronicle.when(
    name,
    'is looked at',
    (one) => one.status?.digest !== undefined || isFinished(one),
  )

  expect(status?.conditions).toMatchObject([{ type: 'TargetResolved', status: 'True' }])
  await admin(['delete', 'catmpl', name])
})

test.each(['accesspasses', 'rolebindings'])('nobody is told Ready before the last write to %s', async (what) => {
  const name = `unready-${what}`
  await paperPod(people.admin, namespace, name)
  let refused = 0
  proxy.onRequest(({ method, path, body }) => {
    // This is the write of the pass that adds the grant.
    if (method !== 'PATCH' || !path.includes(`/${what}/`) || body.includes('"grants":[]')) return undefined
    refused += 1
    return statusFault(500, 'InternalError')
  })
  await people.ask(name)
  await people.grant(name)
  await until('it was tried five times', () => refused >= 5)

  expect(people.chronicle.of(name).some(({ status }) => isGranted(status))).toBe(true)
  expect(people.chronicle.of(name).some(isReady)).toBe(false)
  proxy.startAfresh()
  await people.chronicle.when(name, 'is ready', isReady)
  expect(await people.exec(name)).toMatchObject({ letIn: true })
})
