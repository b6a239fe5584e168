import { expect, test } from '@jest/globals'
import { Agent, request } from 'undici'
import { startGateProcess } from '../fixtures/gate-process.ts'
import { execReview, reviewBody } from '../fixtures/review.ts'

// What it needs, and the lines that it keeps for a reader that may come back; all of them below are more.
const heapLimit = ['--max-old-space-size=128']

test('a log that nobody reads holds up no answer, and does not fill the memory', async () => {
  await using gate = await startGateProcess({ exemptions: [] }, heapLimit)
  const agent = new Agent({ connections: 8, connect: { ca: gate.ca } })
  gate.stopReading()

  // Some 100 MB of log lines.
  const body = reviewBody(execReview({ object: { command: ['x'.repeat(4_000)], container: 'app' } }))
  for (let round = 0; round < 1_600; round++) {
    const calls = Array.from({ length: 8 }, async (_, index) => {
      const path = `${gate.url}/connect?timeout=5s`
      const answer = await request(path, {
        method: 'POST',
        dispatcher: agent,
        body: body.replace('web-0', `web-${round}-${index}`),
      })
      await answer.body.dump()
      return answer.statusCode
    })
    expect(new Set(await Promise.all(calls))).toEqual(new Set([200]))
  }

  await agent.destroy()
})

test('a log whose reader is gone neither stops the gate nor fills the machine', async () => {
  await using gate = await startGateProcess()
  const agent = new Agent({ connections: 8, connect: { ca: gate.ca } })
  gate.closeStdout()

  for (let round = 0; round < 500; round++) {
    const body = reviewBody(execReview({ name: `web-${round}` }))
    const answer = await request(`${gate.url}/connect`, { method: 'POST', dispatcher: agent, body })
    await answer.body.dump()
    expect(answer.statusCode).toBe(200)
  }

  expect(gate.memoryBytes()).toBeLessThan(400 * 1024 * 1024)
  await agent.destroy()
})
