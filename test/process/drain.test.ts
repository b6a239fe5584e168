import { expect, test } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { Agent, request } from 'undici'
import { startGateProcess, type GateProcess } from '../fixtures/gate-process.ts'
import { execReview, reviewBody } from '../fixtures/review.ts'
import { until } from '../fixtures/until.ts'

const connections = 50
const drainDelayMs = 1_000

interface Load {
  readonly answered: Set<string>
  readonly refused: { at: number; code: string }[]
  readonly others: number[]
  /** Waits until every caller has met a closed port. */
  readonly over: Promise<unknown>
}

/** Starts callers with a kept connection each. They post review after review until the port is closed. */
function load(gate: GateProcess): Load {
  const answered = new Set<string>()
  const refused: Load['refused'] = []
  const others: number[] = []
  const caller = async (): Promise<void> => {
    const agent = new Agent({ connections: 1, connect: { ca: gate.ca } })
    for (;;) {
      const uid = randomUUID()
      try {
        const { statusCode, body } = await request(`${gate.url}/connect?timeout=5s`, {
          method: 'POST',
          dispatcher: agent,
          body: reviewBody(execReview({ uid })),
        })
        const answer = (await body.json()) as { response?: { uid: string } }
        if (answer.response?.uid === uid) answered.add(uid)
        else others.push(statusCode)
      } catch (error) {
        const code = (error as { code?: string }).code ?? String(error)
        refused.push({ at: Date.now(), code })
        if (code === 'ECONNREFUSED') break
      }
    }
    await agent.destroy()
  }
  return { answered, refused, others, over: Promise.all(Array.from({ length: connections }, caller)) }
}

test('SIGTERM under load loses no review that was accepted', async () => {
  await using gate = await startGateProcess({ drainDelay: `${drainDelayMs}ms` })
  const { answered, refused, others, over } = load(gate)
  await until('every caller is at work', () => answered.size > connections * 4)

  gate.signal('SIGTERM')
  await over
  const code = await gate.ended

  expect(code).toBe(0)
  const decided = gate.lines.filter(({ msg }) => msg === 'admission decided').map(({ uid }) => uid ?? '')
  expect(decided.length).toBeGreaterThan(connections)
  expect(decided.filter((uid) => !answered.has(uid))).toEqual([])
  // While the gate drains it serves as before. Only after that does it refuse: calls get 503, and the API server
  // repeats them. Connections are refused, and those in the middle of a handshake are reset.
  expect(new Set(others)).toEqual(new Set(others.length > 0 ? [503] : []))
  const drainedAt = Date.parse(gate.lines.find(({ msg }) => msg === 'draining')?.time ?? '') + drainDelayMs
  expect(drainedAt).not.toBeNaN()
  expect(refused.filter(({ at }) => at < drainedAt)).toEqual([])
  expect(gate.lines.at(-1)).toMatchObject({ msg: 'stopped' })
})

test('an idle kept connection does not hold up the end', async () => {
  await using gate = await startGateProcess({ drainDelay: '1ms' })
  const agent = new Agent({ connect: { ca: gate.ca } })
  const { body } = await request(`${gate.url}/connect`, {
    method: 'POST',
    dispatcher: agent,
    body: reviewBody(execReview()),
  })
  await body.dump()

  gate.signal('SIGTERM')

  expect(await gate.ended).toBe(0)
  await agent.destroy()
})

test('a second SIGTERM ends it at once', async () => {
  await using gate = await startGateProcess({ drainDelay: '1h' })
  gate.signal('SIGTERM')
  await until('it drains', () => gate.lines.some(({ msg }) => msg === 'draining'))

  gate.signal('SIGTERM')

  expect(await gate.ended).toBe(1)
})

test('a drain that the pod would not live to end is refused at the start, with the longest that it can have', async () => {
  const inPod = { env: { SALLYPORT_GRACE_SECONDS: '30' } }

  await expect(startGateProcess({ drainDelay: '21s' }, inPod)).rejects.toThrow(
    'config.drainDelay must be at most 20s, not 21s',
  )
  await using gate = await startGateProcess({ drainDelay: '20s' }, inPod)
  expect(gate.healthUrl).toContain('http')
})
