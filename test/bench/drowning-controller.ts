import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { Pool, request } from 'undici'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { requestFile } from '../fixtures/access.ts'
import { execCaller } from '../fixtures/exec-call.ts'
import { apply } from '../fixtures/kubectl.ts'
import { reviewBody, reviewOf } from '../fixtures/review.ts'
import { urlHere } from '../fixtures/this-machine.ts'
import { webhookPath } from '../fixtures/webhook-path.ts'
import { until } from '../fixtures/until.ts'
import { each } from './each.ts'
import type { Figure } from './figure.ts'
import { endAccess, giveAccess } from './give-access.ts'
import type { Ground } from './ground.ts'
import { command } from './measure-admission.ts'
import { namespaces, pod } from './places.ts'
import { startBareServer } from './start-bare-server.ts'
import { summaryOf, type Summary } from './summary.ts'

const namespace = 'bench-drowning'
const absent = 'never-runs'
const waiting = 1_500
const loops = 4
const measuredMs = 20_000
const pauseMs = 5
const settleMs = 10_000
const access = 'bench-drowning'
// Denied by its path: nothing is read, so the answer takes only the time of the gate's thread.
const body = reviewBody(reviewOf('nodes/proxy', { name: 'node-1', object: { path: '/run' } }))

/**
 * Measures the gate's answers while one person keeps the controller as busy as possible, in a namespace of their own.
 */
export const drowningController: Figure = {
  needs: 'cluster',
  async measure(ground) {
    await using cleanup = new AsyncDisposableStack()
    const probes = await openProbes(ground, cleanup)
    await giveAccess(ground, access, command)
    await takeAll(probes, 2_000)
    const idle = await takeAll(probes, measuredMs)
    await letWait(ground)
    const stop = new AbortController()
    const changing = keepChanging(ground, stop.signal)
    // If a probe fails, these must end before their client does. Otherwise their errors would end the bench, and its
    // cluster would stay.
    const ended = Promise.allSettled([changing])
    cleanup.defer(async () => {
      stop.abort()
      await ended
    })
    await sleep(1_000)
    const [drowning, lag] = await Promise.all([takeAll(probes, measuredMs), lagOf(ground, measuredMs)])
    stop.abort()
    const changes = await changing
    await endAll(ground)
    const rows = (when: string, of: Taken) =>
      Object.entries(of).map(([what, summary]) => ({ what: `${when}: ${what}`, unit: 'ms' as const, summary }))
    const times = (what: keyof Taken, of: 'median' | 'p99'): number => drowning[what][of] / idle[what][of]
    return {
      rows: [
        ...rows('idle', idle),
        ...rows('drowning', drowning),
        { what: 'drowning: lag of the controller’s thread, each second', unit: 'ms', summary: summaryOf(lag) },
      ],
      verdicts: [
        { what: 'gate’s own answer, p99, drowning / idle', value: times('gate', 'p99'), unit: '×', goal: 2 },
        { what: 'gate’s own answer, median, drowning / idle', value: times('gate', 'median'), unit: '×', goal: 2 },
        {
          what: 'the same for a bare server, p99: the part of the machine',
          value: times('bare server', 'p99'),
          unit: '×',
        },
        { what: 'exec let in, p99, drowning / idle', value: times('exec', 'p99'), unit: '×' },
        {
          what: 'exec without a webhook, p99: the part of the API server',
          value: times('bare exec', 'p99'),
          unit: '×',
        },
      ],
      notes: [`${waiting} requests waited for a pod, which was changed ${changes} times by ${loops} loops at once`],
    }
  },
}

const probeNames = ['gate', 'bare server', 'exec', 'bare exec'] as const
type Probes = Readonly<Record<(typeof probeNames)[number], () => Promise<number>>>
type Taken = Readonly<Record<keyof Probes, Summary>>

async function openProbes({ gate, cluster, admin }: Ground, cleanup: AsyncDisposableStack): Promise<Probes> {
  const read = (name: string): string => readFileSync(join(gate.folder, name), 'utf8')
  const pair = { cert: read('tls.crt'), key: read('tls.key') }
  const port = await startBareServer({ ...pair, body: '{}' }, cleanup)
  const path = await webhookPath(admin, '/connect')
  const post = (url: string): (() => Promise<number>) => {
    const connect = { ca: read('ca.crt') }
    const pool = cleanup.adopt(new Pool(url, { connect }), (one) => one.close())
    const headers = { 'content-type': 'application/json' }
    return () =>
      timed(async () => {
        const answer = await pool.request({ method: 'POST', path: `${path}?timeout=5s`, headers, body })
        await answer.body.dump()
        if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}`)
      })
  }
  const caller = cleanup.adopt(execCaller(cluster, 'alice'), (one) => one.close())
  const exec = (where: string) => async (): Promise<number> => {
    const { ms, letIn, text } = await caller.call({ namespace: where, pod, command })
    if (!letIn) throw new Error(`not let in: ${text}`)
    return ms
  }
  return {
    gate: post(urlHere(gate.port)),
    'bare server': post(`https://127.0.0.1:${port}`),
    exec: exec(namespaces.gated),
    'bare exec': exec(namespaces.bare),
  }
}

async function timed(act: () => Promise<void>): Promise<number> {
  const begun = performance.now()
  await act()
  return performance.now() - begun
}

/** Takes one probe after the other, so that each has the same machine. */
async function takeAll(probes: Probes, forMs: number): Promise<Taken> {
  const taken: Record<keyof Probes, number[]> = { gate: [], 'bare server': [], exec: [], 'bare exec': [] }
  const end = performance.now() + forMs
  while (performance.now() < end) {
    for (const name of probeNames) {
      taken[name].push(await probes[name]())
      await sleep(pauseMs)
    }
  }
  return {
    gate: summaryOf(taken.gate),
    'bare server': summaryOf(taken['bare server']),
    exec: summaryOf(taken.exec),
    'bare exec': summaryOf(taken['bare exec']),
  }
}

async function letWait({ admin, alice }: Ground): Promise<void> {
  const containers = [{ name: 'app', image: 'paper:1' }]
  const spec = { schedulerName: 'nobody', terminationGracePeriodSeconds: 0, containers }
  await apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: absent, namespace }, spec },
  )
  await each(waiting, (index) =>
    alice.create(
      accessRequestKind,
      requestFile(namespace, `waits-${index}`, { exec: { pod: absent, waitForPod: true } }),
    ),
  )
  await until(
    'the last is waiting',
    async () => {
      const path = pathOf(accessRequestKind, { namespace, name: `waits-${waiting - 1}` })
      return ((await admin.call(path)) as { status?: { phase?: string } }).status?.phase
    },
    120_000,
  )
}

/**
 * Changes a part of the pod that the controller keeps, as often as the API server allows. Resolves to the number of
 * changes.
 */
async function keepChanging({ admin }: Ground, signal: AbortSignal): Promise<number> {
  let changes = 0
  const path = pathOf(resources.Pod, { namespace, name: absent })
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      const metadata = { labels: { turn: String(changes++) } }
      await admin.call(path, { method: 'PATCH', contentType: 'application/merge-patch+json', body: { metadata } })
    }
  }
  await Promise.all(Array.from({ length: loops }, loop))
  return changes
}

async function lagOf({ gate }: Ground, forMs: number): Promise<readonly number[]> {
  const lags: number[] = []
  const end = performance.now() + forMs
  while (performance.now() < end) {
    await sleep(1_000)
    const { body: metrics } = await request(`http://127.0.0.1:${gate.healthPort}/metrics`)
    const match = /^nodejs_eventloop_lag_max_seconds\{thread="controller"\} ([\d.]+)$/m.exec(await metrics.text())
    // The gate did not answer within the time that a scrape waits.
    lags.push(match ? Number(match[1]) * 1_000 : 2_000)
  }
  return lags
}

/** Ends the waiting requests first: the work that they left in the queue would delay the end of the access. */
async function endAll(ground: Ground): Promise<void> {
  await each(waiting, (index) => ground.admin.remove(accessRequestKind, { namespace, name: `waits-${index}` }))
  await sleep(settleMs)
  await endAccess(ground, access)
}
