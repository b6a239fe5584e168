import { beforeAll, expect, test } from '@jest/globals'
import { accessPassKind, type AccessPass } from '../../src/api/kinds/access-pass.ts'
import { accessRecordKind } from '../../src/api/kinds/access-record.ts'
import { accessGrantKind } from '../../src/api/kinds/access-grant.ts'
import type { AccessRequest } from '../../src/api/kinds/access-request.ts'
import { passName } from '../../src/decision/pod/pass-name.ts'
import { isFinished } from '../../src/decision/phase.ts'
import { installation } from '../../src/api/installation.ts'
import { faultGround } from '../faults/ground.ts'
import type { FaultProxy } from '../faults/proxy.ts'
import { writesOf, type Hold, type Write, type WriteCounter } from '../faults/request-writes.ts'
import type { ExecCall } from '../fixtures/exec-call.ts'
import { freeLease } from '../fixtures/lease.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { isReady, type People } from '../fixtures/people.ts'
import type { Replica } from '../fixtures/replica.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'crash'

/** A way for a request to end once it is Ready, and the phase that it must then have. */
interface Life {
  readonly spec: object
  readonly end: (name: string) => Promise<unknown>
  readonly phase: string | undefined
}

const lives = {
  revoked: { spec: {}, end: (name) => people.revoke(name), phase: 'Revoked' },
  withdrawn: { spec: {}, end: (name) => people.withdraw(name), phase: 'Revoked' },
  deleted: { spec: {}, end: (name) => people.remove(name), phase: undefined },
  used: { spec: { once: true }, end: use, phase: 'Completed' },
  // It is last because the others of its group wait for it. The time is longer than a request takes to be Ready on a
  // busy machine.
  expired: { spec: { duration: '4s' }, end: () => Promise.resolve(), phase: 'Expired' },
} as const satisfies Record<string, Life>
type LifeName = keyof typeof lives

/** A request whose controller dies in the middle of a write for it. */
interface Victim {
  readonly name: string
  readonly life: LifeName
  readonly dies: Hold | undefined
}

// A controller works on eight requests at once. One place must stay free for the requests that are not held yet.
const heldAtOnce = 7
// Long enough for a loaded machine, too.
const allHeldWithinMs = 60_000
const rightAgainWithinMs = 60_000
const answeredWithinMs = 90_000

let proxy: FaultProxy
let people: People
let replica: Replica
let counter: WriteCounter
const letIn = new Map<string, number>()

const ground = faultGround(namespace)
beforeAll(async () => {
  people = ground().people
  proxy = ground().proxy
  replica = await ground().serve()
})

/** Tries until alice was let in, or until a denial says that she never will be again. */
async function use(name: string): Promise<void> {
  await until(
    `an answer to the exec of ${name}`,
    async () => {
      const { letIn: wasLetIn, text } = await people.exec(name)
      if (wasLetIn) letIn.set(name, (letIn.get(name) ?? 0) + 1)
      return wasLetIn || /\(E_USED\)|\(E_ENDED\)|\(E_NO_PASS\)/.test(text)
    },
    answeredWithinMs,
  )
}

async function live({ name, life }: Victim): Promise<void> {
  const { spec, end } = lives[life]
  await people.ask(name, spec)
  await people.grant(name)
  await people.chronicle.when(name, 'is ready', (one) => isReady(one) || isFinished(one))
  await end(name)
}

/** Starts all requests at once. Once each is held at its write, the controller is killed, and another takes over. */
async function liveAndDie(victims: readonly Victim[]): Promise<void> {
  await Promise.all(victims.map(({ name }) => paperPod(people.admin, namespace, name)))
  counter = writesOf(new Map(victims.map(({ name, dies }) => [name, dies])))
  proxy.onRequest(counter.rule)
  const lived = victims.map(live)
  if (victims.some(({ dies }) => dies !== undefined)) {
    await until('all are held', () => counter.free().length === 0, allHeldWithinMs).catch((error: unknown) => {
      throw new Error(`not held: ${counter.free().join('; ')}`, { cause: error })
    })
    replica.signal('SIGKILL')
    await replica.ended
    proxy.startAfresh()
    await freeLease()
    replica = await ground().serve()
  }
  await Promise.all(lived)
  await Promise.all(victims.map(endsWell))
}

async function endsWell({ name, life }: Victim): Promise<void> {
  const { phase } = lives[life]
  const { chronicle, admin } = people
  if (phase === undefined) await until(`${name} is gone`, () => chronicle.isGone(name), rightAgainWithinMs)
  else await chronicle.when(name, `is ${phase}`, ({ status }) => status?.phase === phase)
  const states = chronicle.of(name)
  const uid = states[0]?.metadata.uid ?? ''
  await until(
    `nothing is left of ${name}`,
    async () => {
      const pass = (await admin.get(accessPassKind, { namespace, name: passName('alice', name) })) as
        AccessPass | undefined
      // For an hour, the pass still says how the request ended.
      return (await people.rbac(name)).length === 0 && (pass?.spec.requests ?? []).length === 0
    },
    rightAgainWithinMs,
  )
  expect({ name, ...oneOfEach(states) }).toEqual({ name, approvals: 1, approvedAt: 1, expiresAt: 1, targets: 1 })
  expect({ name, ranks: ranksOf(states) }).toEqual({ name, ranks: ranksOf(states).toSorted() })
  // On a busy machine, the API server may give up before the gate has decided.
  const isDecided = ({ letIn: wasLetIn, text }: ExecCall): boolean =>
    wasLetIn || !text.includes('failed calling webhook')
  const last = await until(
    `a decision on the exec of ${name}`,
    async () => {
      const call = await people.exec(name)
      return isDecided(call) ? call : undefined
    },
    answeredWithinMs,
  )
  expect(last).toMatchObject({ letIn: false, text: expect.stringMatching(/E_ENDED|E_NO_PASS/) })
  const use = await admin.get(accessRecordKind, { namespace: installation.namespace, name: `use-${uid}` })
  expect({ name, used: use !== undefined }).toEqual({ name, used: life === 'used' })
  // If the answer to a use was lost, the use is spent, and nobody was let in.
  expect(letIn.get(name) ?? 0).toBeLessThanOrEqual(life === 'used' ? 1 : 0)
  if (phase === undefined) {
    const orphan = () => admin.get(accessGrantKind, { namespace, name }).then((grant) => grant === undefined)
    await until(`the grant of ${name} is gone`, orphan, rightAgainWithinMs)
  }
}

/** Counts the different values that were ever written. */
function oneOfEach(states: readonly AccessRequest[]): Record<string, number> {
  const different = (of: (state: AccessRequest) => unknown): number =>
    new Set(
      states
        .map(of)
        .filter((one) => one !== undefined)
        .map((one) => JSON.stringify(one)),
    ).size
  return {
    approvals: different(({ status }) => status?.approvals),
    approvedAt: different(({ status }) => status?.approvedAt),
    expiresAt: different(({ status }) => status?.expiresAt),
    targets: different(({ status }) => status?.target),
  }
}

const order = ['', 'Pending', 'Approved', 'Active']

/** Returns the rank of each state's phase. A request goes one way: no phase comes back. */
function ranksOf(states: readonly AccessRequest[]): readonly number[] {
  return states.map((state) => (isFinished(state) ? order.length : order.indexOf(state.status?.phase ?? '')))
}

const untilReady = [
  ...writes('PATCH accessrequests/status', 3),
  ...writes('PATCH accesspasses', 2),
  ...writes('PATCH roles', 1),
  ...writes('PATCH rolebindings', 1),
]
// The objects of a deleted request in its namespace are removed by the garbage collector or by us. Either may come
// first.
const atTheEnd = [
  // For an hour, the pass says how the request ended.
  { what: 'PATCH accesspasses', nth: 3 },
  ...writes('DELETE rolebindings', 1),
  ...writes('DELETE roles', 1),
]
const lastStatus = { what: 'PATCH accessrequests/status', nth: 4 }

/** The writes of each life. Up to Ready, all lives have the same writes. */
const written: Readonly<Record<LifeName, readonly Write[]>> = {
  revoked: [...untilReady, lastStatus, ...atTheEnd],
  withdrawn: [lastStatus, ...atTheEnd],
  deleted: [...writes('DELETE accesspasses', 1), ...writes('DELETE accessgrants', 1)],
  expired: [lastStatus, ...atTheEnd],
  used: [...writes('POST accessrecords', 1), lastStatus, ...atTheEnd],
}

function writes(what: string, times: number): readonly Write[] {
  return Array.from({ length: times }, (_, index) => ({ what, nth: index + 1 }))
}

/** Returns the writes at which no victim dies. Each would be a write that the test has forgotten. */
function unlisted(life: LifeName, all: readonly Write[]): readonly string[] {
  const known = [...untilReady, ...atTheEnd, ...written[life]].map(({ what }) => what)
  return all.map(({ what }) => what).filter((what) => !known.includes(what))
}

const isNight = process.env['SALLYPORT_EACH_CRASH'] !== undefined

/** Returns the lives whose controller dies at each of their writes: in turn before the write counts, and after it. */
function victimsOf(life: LifeName, place: number): readonly Victim[] {
  return written[life].flatMap((atWrite, index) =>
    [false, true]
      .filter((reached) => isNight || reached === ((index + place) % 2 === 1))
      .map((reached): Victim => {
        const name = `${life}-${index}-${reached ? 'after' : 'before'}`
        return { name, life, dies: { atWrite, reached } }
      }),
  )
}

const when = isNight ? 'before and after it counts' : 'before or after it counts in turn'

test(`killed at any write of a life, ${when}, the next controller brings it to its right end`, async () => {
  const names = Object.keys(lives) as LifeName[]
  await liveAndDie(names.map((life) => ({ name: `calm-${life}`, life, dies: undefined })))
  for (const life of names) expect(unlisted(life, counter.of(`calm-${life}`))).toEqual([])
  const victims = names.flatMap(victimsOf)

  for (let first = 0; first < victims.length; first += heldAtOnce) {
    await liveAndDie(victims.slice(first, first + heldAtOnce))
  }
}, 600_000)
