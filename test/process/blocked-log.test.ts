import { expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'undici'
import { startGateProcess } from '../fixtures/gate-process.ts'
import { execReview, reviewBody } from '../fixtures/review.ts'

const onePipeHolds = 64 * 1024

test('a log that nobody reads holds up no answer, and no end', async () => {
  await using gate = await startGateProcess({ drainDelay: '1ms' })
  const agent = new Agent({ connections: 8, connect: { ca: gate.ca } })
  gate.stopReading()

  const argv = 'x'.repeat(4_000)
  const body = reviewBody(execReview({ object: { command: [argv], container: 'app' } }))
  for (let told = 0; told < 20 * onePipeHolds; told += 8 * argv.length) {
    const calls = Array.from({ length: 8 }, async () => {
      const answer = await request(`${gate.url}/connect?timeout=5s`, { method: 'POST', dispatcher: agent, body })
      await answer.body.dump()
      return answer.statusCode
    })
    expect(new Set(await Promise.all(calls))).toEqual(new Set([200]))
  }

  await agent.destroy()

  gate.signal('SIGTERM')
  expect(await gate.exited).toBe(0)
  gate.closeStdout()
})

test('lines that nobody reads do not fill the memory', async () => {
  // A third of the size of all the lines that are written.
  const flags = ['--max-old-space-size=64']
  const child = spawn(process.execPath, [...flags, 'test/fixtures/flood-log.ts'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })

  const [code] = (await once(child, 'exit')) as [number | null]

  child.stdout.destroy()
  expect(code).toBe(0)
})

test('a log whose reader is gone neither stops the gate nor fills the machine', async () => {
  await using gate = await startGateProcess()
  const agent = new Agent({ connections: 8, connect: { ca: gate.ca } })
  const before = gate.memoryBytes()
  gate.closeStdout()

  for (let round = 0; round < 500; round++) {
    const body = reviewBody(execReview({ name: `web-${round}` }))
    const answer = await request(`${gate.url}/connect`, { method: 'POST', dispatcher: agent, body })
    await answer.body.dump()
    expect(answer.statusCode).toBe(200)
  }

  expect(gate.memoryBytes() - before).toBeLessThan(250 * 1024 * 1024)
  await agent.destroy()
})
