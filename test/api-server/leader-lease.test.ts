import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Client } from '../../src/cluster/client/client.ts'
import { KubeApiError } from '../../src/cluster/client/api-error.ts'
import { fencedClient } from '../../src/cluster/client/fenced-client.ts'
import { steadyClock, type Instant } from '../../src/cluster/clock/clock.ts'
import { runAsLeader, type LeaderEvent } from '../../src/cluster/lease/leader-lease.ts'
import { leases, readLease } from '../../src/cluster/lease/lease-record.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import type { FaultProxy } from '../faults/proxy.ts'
import { patch } from '../fixtures/api-client.ts'
import { configMap, configMaps } from './config-maps.ts'
import { openProxiedScene, type ProxiedScene } from './proxied-scene.ts'

// A Lease counts whole seconds: these are the shortest times that can be tried.
const timing = { leaseDurationMs: 2_000, renewDeadlineMs: 1_200, retryPeriodMs: 300 }
// Time for round trips and a busy machine.
const slackMs = 400

interface Term {
  readonly who: string
  readonly from: Instant
  to: Instant
}

interface Candidate {
  readonly events: readonly LeaderEvent[]
  /** Stops in good order. */
  readonly stop: () => Promise<void>
}

let scene: ProxiedScene
let proxy: FaultProxy
let viaProxy: Client
let terms: Term[]
let running: Candidate[]

beforeAll(async () => {
  scene = await openProxiedScene('lease')
  ;({ proxy, client: viaProxy } = scene)
})
afterAll(() => scene.close())
beforeEach(() => {
  proxy.startAfresh()
  terms = []
  running = []
})
afterEach(async () => {
  await Promise.all(running.map(({ stop }) => stop()))
  await scene.admin.remove(leases, { namespace: scene.namespace, name: 'leader' })
  const ordered = terms.toSorted((a, b) => a.from - b.from)
  for (const [index, { from }] of ordered.entries()) {
    // No two led at the same time.
    if (index > 0) expect(ordered[index - 1]?.to).toBeLessThanOrEqual(from)
  }
})

function run(who: string, client: Client = scene.admin): Candidate {
  const abort = new AbortController()
  const events: LeaderEvent[] = []
  const options = { client, clock: steadyClock, namespace: scene.namespace, name: 'leader', identity: who, ...timing }
  const lead = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const term = { who, from: steadyClock.now(), to: Infinity }
      terms.push(term)
      signal.addEventListener('abort', () => {
        term.to = steadyClock.now()
        resolve()
      })
    })
  const ended = runAsLeader({ ...options, log: (event) => events.push(event) }, lead, abort.signal)
  const candidate = {
    events,
    stop: async () => {
      abort.abort()
      await ended
    },
  }
  running.push(candidate)
  return candidate
}

/** Waits until some candidate leads for the n-th time. */
async function term(count: number): Promise<Term> {
  await waitUntil({ what: `term ${count}`, deadlineMs: 15_000 }, () => terms.length >= count)
  const found = terms[count - 1]
  if (found === undefined) throw new Error('no such term')
  return found
}

const lease = async () =>
  readLease((await scene.admin.get(leases, { namespace: scene.namespace, name: 'leader' })) ?? none)
const none = { apiVersion: leases.apiVersion, kind: leases.kind, metadata: { name: '' } }

describe('leader lease', () => {
  it('lets one of many lead, and the next at its next look after a stop in good order', async () => {
    const all = ['a', 'b', 'c', 'd'].map((who) => ({ who, candidate: run(who) }))
    const first = await term(1)
    await waitUntil(
      { what: 'a renewal', deadlineMs: 5_000 },
      () => steadyClock.now() > first.from + timing.leaseDurationMs,
    )
    expect(terms).toHaveLength(1)

    await all.find(({ who }) => who === first.who)?.candidate.stop()
    const second = await term(2)

    expect(second.from - first.to).toBeLessThan(timing.retryPeriodMs + slackMs)
    expect(await lease()).toMatchObject({ holder: second.who, transitions: 1 })
  })

  it('waits for one that died, as long as its lease says and no longer', async () => {
    const dead = run('dead', viaProxy)
    const first = await term(1)
    run('heir')
    // The API server sees the same after a SIGKILL: no more renewals, and no release.
    proxy.onRequest(() => ({ kind: 'reset', afterBytes: 0 }))
    const begun = steadyClock.now()
    const second = await term(2)

    expect(second.who).toBe('heir')
    expect(second.from - begun).toBeLessThan(timing.leaseDurationMs + timing.retryPeriodMs + slackMs)
    expect(first.to - begun).toBeLessThan(timing.renewDeadlineMs + slackMs)
    await dead.stop()
  })

  it('waits no longer for one that died because others annotate its lease', async () => {
    run('dead', viaProxy)
    await term(1)
    run('heir')
    proxy.onRequest(() => ({ kind: 'reset', afterBytes: 0 }))
    const where = { metadata: { namespace: scene.namespace, name: 'leader' } }
    let note = 0
    const annotating = setInterval(() => {
      const metadata = { annotations: { 'example.com/note': String(note++) } }
      patch(scene.admin, leases, where, { metadata }).catch(() => undefined)
    }, 200)

    const second = await term(2).finally(() => {
      clearInterval(annotating)
    })

    expect(second.who).toBe('heir')
    expect(note).toBeGreaterThan(2)
  })

  it.each(['refused', 'silent'])(
    'tells a leader whose API server is %s to stop within the renew deadline',
    async (how) => {
      const { events } = run('alone', viaProxy)
      const first = await term(1)
      const begun = steadyClock.now()
      if (how === 'refused') await proxy.refuse()
      else proxy.onRequest(() => ({ kind: 'silence' }))
      await waitUntil({ what: 'the end of the term', deadlineMs: 5_000 }, () => first.to < Infinity)

      expect(first.to - begun).toBeLessThan(timing.renewDeadlineMs + slackMs)
      await waitUntil({ what: 'the report', deadlineMs: 1_000 }, () => events.some((one) => 'lost' in one && one.lost))
      if (how === 'refused') await proxy.accept()
      else {
        proxy.startAfresh()
        // Otherwise the test would wait for the silent connections until they are given up.
        proxy.cut()
      }
      expect((await term(2)).who).toBe('alone')
    },
  )

  it('goes on leading where the answer to a renewal is lost, or somebody edits the Lease', async () => {
    run('leader', viaProxy)
    const first = await term(1)
    let isDue = true
    proxy.onRequest(({ method }) => {
      if (!isDue || method !== 'PATCH') return undefined
      isDue = false
      return { kind: 'lose-answer' }
    })
    await waitUntil({ what: 'the loss', deadlineMs: 5_000 }, () => !isDue)
    const where = { namespace: scene.namespace, name: 'leader' }
    await scene.admin.patch(leases, where, { metadata: { annotations: { note: 'hello' } } })
    const enough = steadyClock.now() + timing.leaseDurationMs
    await waitUntil({ what: 'renewals', deadlineMs: 5_000 }, () => steadyClock.now() > enough)

    expect(first.to).toBe(Infinity)
    expect(await lease()).toMatchObject({ holder: 'leader', transitions: 0 })
  })

  it('stops as soon as it sees that another holds the Lease', async () => {
    const { events } = run('leader')
    const first = await term(1)
    const where = { namespace: scene.namespace, name: 'leader' }
    const begun = steadyClock.now()
    await scene.admin.patch(leases, where, { spec: { holderIdentity: 'usurper' } })
    await waitUntil({ what: 'the end of the term', deadlineMs: 5_000 }, () => first.to < Infinity)

    expect(first.to - begun).toBeLessThan(timing.retryPeriodMs + slackMs)
    await waitUntil({ what: 'the report', deadlineMs: 1_000 }, () => events.some((one) => 'lost' in one && one.lost))
  })

  it('knows after a pause by the clock that the lease may be lost, before any timer can tell, and writes nothing', async () => {
    const abort = new AbortController()
    const found: unknown[] = []
    const lead = async (signal: AbortSignal, isOurs: () => boolean) => {
      const client = fencedClient(scene.admin, isOurs)
      await client.create(configMaps, configMap(scene.namespace, 'before'))
      // This blocks like a SIGSTOP, or like a machine that gives the process no time.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, timing.renewDeadlineMs + 1)
      found.push({ aborted: signal.aborted, ours: isOurs() })
      const path = pathOf(configMaps, { namespace: scene.namespace })
      const body = configMap(scene.namespace, 'after')
      for (const write of [client.create(configMaps, body), client.call(path, { method: 'POST', body })]) {
        await write.catch((error: unknown) => found.push(error))
      }
      await client.call(path)
      abort.abort()
    }
    const where = { namespace: scene.namespace, name: 'leader' }

    await runAsLeader(
      { client: scene.admin, clock: steadyClock, ...where, identity: 'a', ...timing },
      lead,
      abort.signal,
    )

    expect(found).toEqual([{ aborted: false, ours: false }, expect.any(KubeApiError), expect.any(KubeApiError)])
    expect(await scene.admin.get(configMaps, { ...where, name: 'before' })).toBeDefined()
    expect(await scene.admin.get(configMaps, { ...where, name: 'after' })).toBeUndefined()
  })

  it('gives the lease back and passes on what the work threw', async () => {
    const options = {
      client: scene.admin,
      clock: steadyClock,
      namespace: scene.namespace,
      name: 'leader',
      identity: 'a',
    }
    const work = () => Promise.reject(new Error('a bug'))

    await expect(runAsLeader({ ...options, ...timing }, work, new AbortController().signal)).rejects.toThrow('a bug')
    expect(await lease()).toMatchObject({ holder: '' })
  })

  it.each([{ leaseDurationMs: 2_500 }, { renewDeadlineMs: 2_000 }, { retryPeriodMs: 1_200 }, { retryPeriodMs: 0 }])(
    'refuses periods that contradict each other: %p',
    async (wrong) => {
      const options = { client: scene.admin, clock: steadyClock, namespace: scene.namespace, name: 'x', identity: 'a' }
      const run = runAsLeader(
        { ...options, ...timing, ...wrong },
        () => Promise.resolve(),
        new AbortController().signal,
      )

      await expect(run).rejects.toThrow(RangeError)
    },
  )
})
