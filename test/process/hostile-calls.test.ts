import { beforeAll, describe, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { Agent, request } from 'undici'
import { startGateProcess, type GateProcess } from '../fixtures/gate-process.ts'
import { execReview, reviewBody } from '../fixtures/review.ts'
import { until } from '../fixtures/until.ts'

let gate: GateProcess & AsyncDisposable
let agent: Agent

beforeAll(async () => {
  gate = await startGateProcess()
  agent = new Agent({ connect: { ca: gate.ca } })
})
inTheEnd(
  () => agent.close(),
  () => gate[Symbol.asyncDispose](),
)

interface Answer {
  readonly code: number
  readonly body: { kind?: string; message?: string; response?: { allowed: boolean; uid: string } }
}

async function post(
  body: string | Buffer,
  contentType = 'application/json',
  path = '/connect?timeout=5s',
): Promise<Answer> {
  const { statusCode, body: answer } = await request(`${gate.url}${path}`, {
    method: 'POST',
    dispatcher: agent,
    body,
    headers: contentType === '' ? {} : { 'content-type': contentType },
  })
  return { code: statusCode, body: (await answer.json()) as Answer['body'] }
}

const { uid } = execReview()
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
const withObject = (json: string): string => reviewBody(execReview({ object: 'HERE' })).replace('"HERE"', json)

test('a review is answered', async () => {
  expect(await post(reviewBody(execReview()))).toMatchObject({ code: 200, body: { response: { uid, allowed: false } } })
})

describe('a body without a review is refused with a v1 Status that says why', () => {
  test.each<[string, string | Buffer, string, number]>([
    ['malformed JSON', '{"request":{"uid":"', 'application/json', 400],
    ['nothing', '', 'application/json', 400],
    ['null', 'null', 'application/json', 400],
    ['a list', '[]', 'application/json', 400],
    ['no uid', '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{}}', 'application/json', 400],
    ['a uid that is a number', '{"request":{"uid":5}}', 'application/json', 400],
    ['50 000 levels', nested(50_000), 'application/json', 400],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x7b]), 'application/json', 400],
    ['text', 'hello', 'text/plain', 400],
    ['text of no type', 'hello', '', 400],
  ])('%s', async (_title, body, contentType, code) => {
    const answer = await post(body, contentType)

    expect(answer).toMatchObject({
      code,
      body: { kind: 'Status', status: 'Failure', code, message: expect.stringMatching(/\w/) },
    })
  })

  test('a body of 8 MB, without waiting for it', async () => {
    const { hostname, port } = new URL(gate.url)
    const socket = connectTls({ host: hostname, port: Number(port), ca: gate.ca })
    const length = 8 * 1024 * 1024
    socket.write(
      `POST /connect HTTP/1.1\r\nHost: gate\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`,
    )

    const answer = await text(socket)

    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    const [, body = ''] = answer.split('\r\n\r\n')
    expect(JSON.parse(body)).toMatchObject({ kind: 'Status', status: 'Failure', code: 413 })
  })

  test('another path, another method', async () => {
    expect(await post(reviewBody(execReview()), 'application/json', '/CONNECT')).toMatchObject({
      code: 404,
      body: { kind: 'Status' },
    })
    expect(await post(reviewBody(execReview()), 'application/json', '/%')).toMatchObject({
      code: 400,
      body: { kind: 'Status' },
    })
    const { statusCode } = await request(`${gate.url}/connect`, { dispatcher: agent })
    expect(statusCode).toBe(404)
  })
})

describe('a body with a uid is denied with it', () => {
  test.each([
    ['the wrong kind', JSON.stringify({ apiVersion: 'v1', kind: 'Pod', request: { uid } })],
    ['an object 50 000 levels deep', withObject(nested(50_000))],
    ['__proto__', withObject('{"__proto__":{"container":"app"},"constructor":{"prototype":{}}}')],
    ['a command of 1 MB', withObject(JSON.stringify({ command: ['x'.repeat(1_000_000)] }))],
    ['a command of 100 000 words', withObject(JSON.stringify({ command: Array.from({ length: 100_000 }, () => 'x') }))],
    ['no object', withObject('null')],
    ['6.9 MB', withObject(JSON.stringify({ container: 'x'.repeat(6_900_000) }))],
    ['a media type of its own', reviewBody(execReview())],
  ])('%s', async (title, body) => {
    const answer = await post(body, title === 'a media type of its own' ? 'text/html' : 'application/json')

    expect(answer).toMatchObject({ code: 200, body: { response: { uid, allowed: false } } })
  })
})

test.each(['?timeout=0s', '?timeout=-5s', '?timeout=1e9h', '?timeout=x', '?timeout=5s&timeout=9s', '?TIMEOUT=', ''])(
  'with "%s" for a timeout it is answered all the same',
  async (query) => {
    const answer = await post(reviewBody(execReview()), 'application/json', `/connect${query}`)

    expect(answer).toMatchObject({ code: 200, body: { response: { uid, allowed: false } } })
  },
)

test('bytes that are no HTTP end the connection, and nothing else', async () => {
  const { hostname, port } = new URL(gate.url)
  await new Promise<void>((resolve) => {
    const socket = connectTls({ host: hostname, port: Number(port), ca: gate.ca }, () => socket.end('\0\0\0\r\n\r\n'))
    // Closed or reset, depending on whether the kernel or we are faster.
    socket.on('error', resolve).on('close', resolve)
    socket.resume()
  })

  expect(await post(reviewBody(execReview()))).toMatchObject({ code: 200 })
})

test('TLS below 1.2 is refused', async () => {
  const { hostname, port } = new URL(gate.url)
  const error = await new Promise((resolve) => {
    const options = {
      host: hostname,
      port: Number(port),
      ca: gate.ca,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
    } as const
    connectTls(options).on('error', resolve)
  })

  expect(error).toMatchObject({ code: expect.stringMatching(/PROTOCOL|EPROTO|ECONNRESET/) })
})

test('none of all this was an allow, and the gate lives', async () => {
  // An allow is logged at once, and a denial after those that are merged with it.
  await until('the denials are logged', () => gate.lines.some(({ verdict }) => verdict === 'deny'))
  expect(gate.lines.filter(({ verdict }) => verdict === 'allow')).toEqual([])
  const { statusCode } = await request(`${gate.healthUrl}/livez`)
  expect(statusCode).toBe(200)
})

test('readiness says what is missing', async () => {
  const { statusCode, body } = await request(`${gate.healthUrl}/readyz`)

  expect(statusCode).toBe(503)
  const unread = 'the webhook configurations, which hold the trust in it, cannot be read'
  expect(await body.text()).toBe(
    `not ready: certificate: ${unread}: the API server does not answer; API server: it does not answer`,
  )
})
