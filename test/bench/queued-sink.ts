import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'undici'
import { parse, stringify } from 'yaml'
import { freeLease } from '../fixtures/lease.ts'
import { leads, startReplica } from '../fixtures/replica.ts'
import { execReview, reviewBody } from '../fixtures/review.ts'
import { until } from '../fixtures/until.ts'
import type { Figure } from './figure.ts'
import { endAccess, giveAccess } from './give-access.ts'
import type { Ground } from './ground.ts'
import { command } from './measure-admission.ts'
import { namespaces, pod } from './places.ts'
import { startConsumer } from './start-consumer.ts'
import { summaryOf, type Summary } from './summary.ts'

const request = 'bench-queued'
const single = 500
const many = { rounds: 50, atOnce: 20 }
const goal = 1.5

/** What an allow costs that a queued sink must hear of: the same review by a gate with a sink and by one without, in turn. */
export const queuedSink: Figure = {
  needs: 'cluster',
  async measure(ground) {
    await using cleanup = new AsyncDisposableStack()
    await giveAccess(ground, request, command)
    cleanup.defer(() => endAccess(ground, request))
    const without = pool(ground, ground.gate.port, cleanup)
    const withSink = pool(ground, await startGateWithSink(ground, cleanup), cleanup)
    const [bare, queued] = await inTurn([without, withSink], single, 1)
    const [bareMany, queuedMany] = await inTurn([without, withSink], many.rounds, many.atOnce)
    return {
      rows: [
        { what: 'an allow, no sink', unit: 'ms', summary: bare },
        { what: 'an allow, a queued sink', unit: 'ms', summary: queued },
        { what: `${many.atOnce} allows at once, no sink`, unit: 'ms', summary: bareMany },
        { what: `${many.atOnce} allows at once, a queued sink`, unit: 'ms', summary: queuedMany },
      ],
      verdicts: [
        { what: 'an allow, queued / none, mean', value: queued.mean / bare.mean, unit: '×', goal },
        { what: 'an allow, queued / none, median', value: queued.median / bare.median, unit: '×' },
        {
          what: `${many.atOnce} at once, queued / none, mean`,
          value: queuedMany.mean / bareMany.mean,
          unit: '×',
          goal,
        },
        {
          what: `${many.atOnce} at once, queued / none, median`,
          value: queuedMany.median / bareMany.median,
          unit: '×',
        },
      ],
      notes: [
        'as the gate answers the API server; the sink is examples/audit-consumer, and gets what is written meanwhile',
      ],
    }
  },
}

/** Of the first and of the second. */
async function inTurn(gates: readonly [Pool, Pool], rounds: number, atOnce: number): Promise<[Summary, Summary]> {
  const ms: [number[], number[]] = [[], []]
  for (const gate of gates) await allow(gate, atOnce)
  for (let round = 0; round < rounds; round++) {
    ms[0].push(await allow(gates[0], atOnce))
    ms[1].push(await allow(gates[1], atOnce))
  }
  return [summaryOf(ms[0]), summaryOf(ms[1])]
}

/** It leads: what it writes it also chains, delivers and deletes. */
async function startGateWithSink({ gate }: Ground, cleanup: AsyncDisposableStack): Promise<number> {
  const sink = { name: 'bench', ...(await startConsumer(cleanup)) }
  const config = join(gate.folder, 'with-sink.yaml')
  const base = parse(readFileSync(join(gate.folder, 'config.yaml'), 'utf8')) as object
  writeFileSync(config, stringify({ ...base, audit: { sinks: [sink] } }))
  const replica = cleanup.use(await startReplica({ config, kubeconfig: join(gate.folder, 'kubeconfig') }))
  process.kill(gate.pid, 'SIGSTOP')
  await freeLease()
  await until('the gate with a sink leads', () => leads(replica), 30_000)
  process.kill(gate.pid, 'SIGCONT')
  cleanup.defer(async () => {
    replica.signal('SIGTERM')
    await replica.ended
  })
  return replica.port
}

function pool({ gate }: Ground, port: number, cleanup: AsyncDisposableStack): Pool {
  const ca = readFileSync(join(gate.folder, 'ca.crt'), 'utf8')
  const made = new Pool(`https://127.0.0.1:${port}`, { connect: { ca }, connections: many.atOnce })
  return cleanup.adopt(made, (one) => one.close())
}

/** Ms until all of them are answered. */
async function allow(gate: Pool, count: number): Promise<number> {
  const object = { kind: 'PodExecOptions', apiVersion: 'v1', stdout: true, stderr: true, container: 'app', command }
  const body = reviewBody(execReview({ namespace: namespaces.gated, name: pod, object }))
  const headers = { 'content-type': 'application/json' }
  const begun = performance.now()
  const texts = await Promise.all(
    Array.from({ length: count }, async () => {
      const answer = await gate.request({ method: 'POST', path: '/connect?timeout=5s', headers, body })
      return answer.body.text()
    }),
  )
  const ms = performance.now() - begun
  const refused = texts.find((text) => !text.includes('"allowed":true'))
  if (refused !== undefined) throw new Error(`not let in: ${refused}`)
  return ms
}
