import { expect, test } from '@jest/globals'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { startGateProcess, type GateProcess } from '../fixtures/gate-process.ts'
import { execReview, reviewBody } from '../fixtures/review.ts'
import { until } from '../fixtures/until.ts'

const failing = join(import.meta.dirname, '../fixtures/failing-controller.ts')
// The time for three looks of ten seconds and one at the start, on a machine that is busy with other work.
const noticedMs = 120_000

/** Starts a gate whose controller fails at SIGUSR2. */
function gateWith(failure: 'throws' | 'hangs'): ReturnType<typeof startGateProcess> {
  const options = { flags: ['--import', failing], env: { SALLYPORT_TEST_FAILURE: failure } }
  return startGateProcess({ drainDelay: '2s' }, options)
}

async function answers(gate: GateProcess): Promise<number> {
  const agent = new Agent({ connect: { ca: gate.ca } })
  try {
    const options = { method: 'POST', dispatcher: agent, body: reviewBody(execReview()) } as const
    const { statusCode, body } = await request(`${gate.url}/connect?timeout=5s`, options)
    await body.dump()
    return statusCode
  } finally {
    await agent.destroy()
  }
}

async function metricsOf({ healthUrl }: GateProcess): Promise<string> {
  return (await request(`${healthUrl}/metrics`)).body.text()
}

test('metrics are of both threads', async () => {
  await using gate = await startGateProcess()

  const both = await until('the controller has counted', async () => {
    const text = await metricsOf(gate)
    return text.includes('nodejs_eventloop_lag_max_seconds{thread="controller"}') ? text : undefined
  })

  expect(both).toMatch(/^nodejs_eventloop_lag_max_seconds [\d.]+$/m)
  expect(both).toContain('\nsallyport_leader 0\n')
})

test('a replica whose controller throws drains, and ends', async () => {
  await using gate = await gateWith('throws')

  gate.signal('SIGUSR2')
  await until('it drains', () => gate.lines.find(({ msg }) => msg === 'draining'), noticedMs)

  expect(await answers(gate)).toBe(200)
  expect(await gate.ended).toBe(1)
  expect(gate.lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['the controller ended', 'not running']))
})

test('a controller that computes without end holds up nobody, and is noticed', async () => {
  await using gate = await gateWith('hangs')
  gate.signal('SIGUSR2')
  await until('it hangs', async () => !(await metricsOf(gate)).includes('{thread="controller"}'), noticedMs)

  for (let call = 0; call < 20; call++) expect(await answers(gate)).toBe(200)
  expect(await metricsOf(gate)).toContain('sallyport_decisions_total')

  await until('it drains', () => gate.lines.find(({ msg }) => msg === 'draining'), noticedMs)
  expect(await gate.ended).toBe(1)
})
