import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { urlHere } from '../fixtures/this-machine.ts'
import { Pool } from 'undici'
import { parse, stringify } from 'yaml'
import { accessRecordKind } from '../../src/api/kinds/access-record.ts'
import { auditLabel } from '../../src/audit/record/event-record.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { installation } from '../../src/api/installation.ts'
import { execCaller, type ExecCaller } from '../fixtures/exec-call.ts'
import { freeLease } from '../fixtures/lease.ts'
import { leads, startReplica } from '../fixtures/replica.ts'
import { execReview, reviewBody } from '../fixtures/review.ts'
import { until } from '../fixtures/until.ts'
import { webhookPath } from '../fixtures/webhook-path.ts'
import type { Figure, Row } from './figure.ts'
import { endAccess, giveAccess } from './give-access.ts'
import type { Ground } from './ground.ts'
import { command } from './measure-admission.ts'
import { namespaces, pod } from './places.ts'
import { startConsumer } from './start-consumer.ts'
import { summaryOf } from './summary.ts'
import { setWebhookPort } from './webhook-url.ts'

const request = 'bench-queued'
const single = 300
const many = { rounds: 40, atOnce: 20 }
// At the beginning of each turn the API server is pointed at the other gate.
const turns = 4
const goal = 1.5
// The records of the last link stay until there is another link.
const perLink = 256

interface Gate {
  readonly port: number
  /** Returns the number of decisions that the gate has logged. */
  readonly decided: () => number
}

/** One call. When it ends, somebody has been let in. */
type Allow = () => Promise<void>

interface Measured {
  readonly one: readonly number[]
  readonly twenty: readonly number[]
}

/**
 * Measures what an allow costs if a queued sink must hear of it. A gate with a sink and a gate without one take turns.
 */
export const queuedSink: Figure = {
  needs: 'cluster',
  async measure(ground) {
    await using cleanup = new AsyncDisposableStack()
    await giveAccess(ground, request, command)
    cleanup.defer(() => endAccess(ground, request))
    const { gate, admin, cluster } = ground
    const gates = [
      { port: gate.port, decided: () => gate.decisions.length },
      await startGateWithSink(ground, cleanup),
    ] as const
    const exec = allowByExec(cleanup.adopt(execCaller(cluster, 'alice'), (caller) => caller.close()))
    cleanup.defer(() => setWebhookPort(admin, installation.name, gate.port))
    const [none, queued] = await inTurn(gates, async (one) => {
      await untilAllIsDone(ground)
      await setWebhookPort(admin, installation.name, one.port)
      const before = one.decided()
      await until('the API server asks the other gate', async () => {
        await exec()
        return one.decided() > before
      })
      return exec
    })
    const [noneAtGate, queuedAtGate] = await inTurn(gates, async ({ port }) => {
      await untilAllIsDone(ground)
      return allowByReview(pool(ground, port, cleanup), ground.admin)
    })
    const rows = (what: string, { one, twenty }: Measured): readonly Row[] => [
      { what: `${what}, one`, unit: 'ms', summary: summaryOf(one) },
      { what: `${what}, ${many.atOnce} at once`, unit: 'ms', summary: summaryOf(twenty) },
    ]
    return {
      rows: [
        ...rows('exec, no sink', none),
        ...rows('exec, queued sink', queued),
        ...rows('gate only, no sink', noneAtGate),
        ...rows('gate only, queued sink', queuedAtGate),
      ],
      verdicts: [
        { what: 'exec, queued / none, median', value: ratio(queued.one, none.one), unit: '×', goal },
        {
          what: `${many.atOnce} at once, queued / none, median`,
          value: ratio(queued.twenty, none.twenty),
          unit: '×',
          goal,
        },
        { what: 'gate only, queued / none, median', value: ratio(queuedAtGate.one, noneAtGate.one), unit: '×' },
        {
          what: `gate only, ${many.atOnce} at once, queued / none, median`,
          value: ratio(queuedAtGate.twenty, noneAtGate.twenty),
          unit: '×',
        },
      ],
      notes: [
        'exec: as a client of the API server sees it; gate only: as the API server sees the webhook, with our own reviews',
        'the sink is examples/audit-consumer; meanwhile the same process chains, delivers and deletes what it writes',
      ],
    }
  },
}

const ratio = (one: readonly number[], other: readonly number[]): number =>
  summaryOf(one).median / summaryOf(other).median

/** Waits until a gate has finished the work of its calls, so that the other gate does not pay for it. */
async function untilAllIsDone({ admin }: Ground): Promise<void> {
  const options = { namespace: installation.namespace, labelSelector: `${auditLabel}=event` }
  const isDone = async (): Promise<boolean> => (await admin.list(accessRecordKind, options)).items.length <= perLink
  await until('every event is delivered and deleted', isDone, 60_000)
}

/** Measures the first gate and the second in turns. */
async function inTurn<T>(gates: readonly [T, T], allowOf: (gate: T) => Promise<Allow>): Promise<[Measured, Measured]> {
  const measured = gates.map(() => ({ one: [] as number[], twenty: [] as number[] }))
  for (let turn = 0; turn < turns; turn++) {
    for (const [which, gate] of gates.entries()) {
      const allow = await allowOf(gate)
      await ms(allow, many.atOnce)
      for (let index = 0; index < single / turns; index++) measured[which]?.one.push(await ms(allow, 1))
      for (let index = 0; index < many.rounds / turns; index++) {
        measured[which]?.twenty.push(await ms(allow, many.atOnce))
      }
    }
  }
  const [first, second] = measured
  if (!first || !second) throw new Error('nothing was measured')
  return [first, second]
}

/** Returns how many ms pass until all of the calls are answered. */
async function ms(allow: Allow, count: number): Promise<number> {
  const begun = performance.now()
  await Promise.all(Array.from({ length: count }, allow))
  return performance.now() - begun
}

function allowByExec(caller: ExecCaller): Allow {
  return async () => {
    const { letIn, text } = await caller.call({ namespace: namespaces.gated, pod, command })
    if (!letIn) throw new Error(`not let in: ${text}`)
  }
}

async function allowByReview(gate: Pool, admin: Client): Promise<Allow> {
  const object = { kind: 'PodExecOptions', apiVersion: 'v1', stdout: true, stderr: true, container: 'app', command }
  const body = reviewBody(execReview({ namespace: namespaces.gated, name: pod, object }))
  const headers = { 'content-type': 'application/json' }
  const path = `${await webhookPath(admin, '/connect')}?timeout=5s`
  return async () => {
    const answer = await gate.request({ method: 'POST', path, headers, body })
    const text = await answer.body.text()
    if (!text.includes('"allowed":true')) throw new Error(`not let in: ${text}`)
  }
}

/** Starts the gate with a sink. It leads, so it also chains, delivers and deletes what it writes. */
async function startGateWithSink({ gate }: Ground, cleanup: AsyncDisposableStack): Promise<Gate> {
  const sink = { name: 'bench', ...(await startConsumer(cleanup)) }
  const config = join(gate.folder, 'with-sink.yaml')
  const base = parse(readFileSync(join(gate.folder, 'config.yaml'), 'utf8')) as object
  writeFileSync(config, stringify({ ...base, selfCheck: { onDifference: 'Report' }, audit: { sinks: [sink] } }))
  const replica = cleanup.use(await startReplica({ config, kubeconfig: join(gate.folder, 'kubeconfig') }))
  process.kill(gate.pid, 'SIGSTOP')
  await freeLease()
  await until('the gate with a sink leads', () => leads(replica), 30_000)
  process.kill(gate.pid, 'SIGCONT')
  cleanup.defer(async () => {
    replica.signal('SIGTERM')
    await replica.ended
  })
  const { port, lines } = replica
  return { port, decided: () => lines.filter(({ msg }) => msg === 'admission decided').length }
}

function pool({ gate }: Ground, port: number, cleanup: AsyncDisposableStack): Pool {
  const ca = readFileSync(join(gate.folder, 'ca.crt'), 'utf8')
  const made = new Pool(urlHere(port), { connect: { ca }, connections: many.atOnce })
  return cleanup.adopt(made, (one) => one.close())
}
