import { Pool } from 'undici'
import { startGateProcess } from '../fixtures/gate-process.ts'
import { reviewBody, reviewOf } from '../fixtures/review.ts'
import type { Figure } from './figure.ts'
import { startBareServer } from './start-bare-server.ts'
import { summaryOf } from './summary.ts'

const rounds = 8
const blockMs = 1_000
const connections = 4
const path = '/connect?timeout=5s'
// This way in is always denied. Nothing is read from a cluster, and there is none.
const body = reviewBody(reviewOf('pods/attach'))

/**
 * Measures how many reviews one process of ours answers in a second when there is nothing to read. A minimal server
 * that gives the same answer is measured beside it.
 */
export const alwaysDecided: Figure = {
  needs: 'nothing',
  async measure() {
    await using cleanup = new AsyncDisposableStack()
    const gate = cleanup.use(await startGateProcess())
    const connect = { ca: gate.ca }
    const ours = cleanup.adopt(new Pool(gate.url, { connect, connections }), (pool) => pool.close())
    const answer = await post(ours)
    if (!answer.includes('"allowed":false')) throw new Error(`not a denial: ${answer}`)
    const port = await startBareServer({ ...(await gate.issue()), body: answer }, cleanup)
    const url = `https://127.0.0.1:${port}`
    const bare = cleanup.adopt(new Pool(url, { connect, connections }), (pool) => pool.close())

    for (const pool of [bare, ours]) await perSecond(pool)
    const rates = { bare: [] as number[], ours: [] as number[] }
    for (let round = 0; round < rounds; round++) {
      rates.bare.push(await perSecond(bare))
      rates.ours.push(await perSecond(ours))
    }
    const [least, gated] = [summaryOf(rates.bare), summaryOf(rates.ours)]
    return {
      rows: [
        { what: 'bare node:https, the same bytes', unit: '1/s', summary: least },
        { what: 'gate, a denial that needs no reads', unit: '1/s', summary: gated },
      ],
      verdicts: [{ what: 'median, bare / gate', value: least.median / gated.median, unit: '×' }],
      notes: [`${connections} connections; the client shares the machine, and reads the gate's log as it comes`],
    }
  },
}

async function perSecond(pool: Pool): Promise<number> {
  const begun = performance.now()
  let answered = 0
  const worker = async (): Promise<void> => {
    while (performance.now() - begun < blockMs) {
      await post(pool)
      answered++
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  return answered / ((performance.now() - begun) / 1_000)
}

async function post(pool: Pool): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const { statusCode, body: answer } = await pool.request({ method: 'POST', path, headers, body })
  const text = await answer.text()
  if (statusCode !== 200) throw new Error(`${statusCode}: ${text}`)
  return text
}
