import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { Agent, request } from 'undici'
import { startGateProcess, type GateProcess } from '../fixtures/gate-process.ts'
import { execReview, reviewBody } from '../fixtures/review.ts'
import { until } from '../fixtures/until.ts'

// The reviews in memory at one time are limited over all connections (issue 13, C9).
const mi = 1024 * 1024
const small = reviewBody(execReview())
const large = reviewOf(2.4 * mi)
const { uid } = execReview()

function reviewOf(bytes: number): string {
  return reviewBody(execReview({ object: { container: 'x'.repeat(bytes) } }))
}

let gate: GateProcess & AsyncDisposable
let agent: Agent
beforeAll(async () => {
  gate = await startGateProcess()
  agent = new Agent({ connect: { ca: gate.ca } })
})
afterAll(async () => {
  await agent.close()
  await gate[Symbol.asyncDispose]()
})

interface Answer {
  readonly code: number
  readonly retryAfter: unknown
  readonly body: unknown
}

async function post(body: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  const answer = await request(`${gate.url}/connect?timeout=5s`, { method: 'POST', dispatcher: agent, body, headers })
  return { code: answer.statusCode, retryAfter: answer.headers['retry-after'], body: await answer.body.json() }
}

/** Announces a body and sends its first half. */
async function halfSent(body: string): Promise<TLSSocket> {
  const { url, ca } = gate
  const { hostname, port } = new URL(url)
  const socket = connectTls({ host: hostname, port: Number(port), ca })
  await once(socket, 'secureConnect')
  const head = [
    'POST /connect?timeout=5s HTTP/1.1',
    'Host: gate',
    'Content-Type: application/json',
    'Connection: close',
  ]
  socket.write(`${head.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, body.length / 2)}`)
  return socket
}

/** Announces nine bodies of 2.4 MiB. Large bodies have 24 MiB: three quarters of the default. */
async function holdNine(): Promise<readonly TLSSocket[]> {
  const held = await Promise.all(Array.from({ length: 9 }, () => halfSent(large)))
  await until('nine are in memory', async () => (await bytesInFlight()) > 9 * 2.4 * mi)
  return held
}

async function released(): Promise<void> {
  await until('the budget is whole again', async () => (await bytesInFlight()) === 0)
}

async function bytesInFlight(): Promise<number> {
  const { body } = await request(`${gate.healthUrl}/metrics`)
  return Number(/^sallyport_review_bytes_in_flight (.*)$/m.exec(await body.text())?.[1])
}

const crowded = {
  code: 503,
  retryAfter: '1',
  body: { kind: 'Status', code: 503, message: 'Sallyport has no memory for another review now; try again.' },
}

test('beyond the budget a call is refused at once, small calls are answered, and so is all that was let in', async () => {
  const held = await holdNine()

  expect(await post(large)).toMatchObject(crowded)
  expect(await post(small)).toMatchObject({ code: 200, body: { response: { uid, allowed: false } } })

  const answers = held.map((socket) => text(socket))
  for (const socket of held) socket.write(large.slice(large.length / 2))
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  await released()
  expect(await post(large)).toMatchObject({ code: 200, body: { response: { uid, allowed: false } } })
})

test('a caller that goes away in the middle of its body gives its place back', async () => {
  const held = await holdNine()

  for (const socket of held) socket.destroy()

  await released()
})

test('a body of unknown length counts as the largest', async () => {
  const { hostname, port } = new URL(gate.url)
  const socket = connectTls({ host: hostname, port: Number(port), ca: gate.ca })
  socket.write('POST /connect HTTP/1.1\r\nHost: gate\r\nTransfer-Encoding: chunked\r\n\r\n')

  await until('it is counted', async () => (await bytesInFlight()) > 7 * mi)

  socket.destroy()
  await released()
})

test('many large bodies at once take no more memory than the budget allows, and each caller has an answer', async () => {
  // This opens forty connections, so that no handshake is waited for below.
  await Promise.all(Array.from({ length: 40 }, () => post(small)))
  const before = gate.memoryBytes()
  let most = 0
  const over = new AbortController()
  const posted = Promise.all(Array.from({ length: 40 }, () => post(large))).finally(() => {
    over.abort()
  })
  while (!over.signal.aborted) {
    most = Math.max(most, gate.memoryBytes())
    await sleep(20)
  }

  const answers = await posted
  expect(answers.filter(({ code }) => code !== 200 && code !== 503)).toEqual([])
  expect(answers.filter(({ code }) => code === 200).length).toBeGreaterThan(0)
  expect(answers.find(({ code }) => code === 503)).toMatchObject(crowded)
  // Ten times the budget, as docs/config.md has it.
  expect(most - before).toBeLessThan(320 * mi)
})

test('what is refused a hundred times in a second is one line of the log', async () => {
  const before = gate.lines.length
  const held = await holdNine()

  await Promise.all(Array.from({ length: 100 }, () => post(large)))
  for (const socket of held) socket.destroy()
  // Bodies that another test broke off are logged as malformed up to a second later.
  const refused = () =>
    gate.lines
      .slice(before)
      .filter((line) => line.msg === 'call refused' && 'reason' in line && line.reason === 'crowded')
  await until('it is told', () => refused().length > 0)

  expect(refused().length).toBeLessThan(20)
  expect(refused()[0]).toMatchObject({ status: 503, webhook: 'gate.access.sallyport.dev' })
})
