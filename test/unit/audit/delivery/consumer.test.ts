import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { createAuthority, issueLeaf } from '../../../../certs/authority.ts'
import { createConsumer } from '../../../../examples/audit-consumer/consumer.ts'
import { auditExamples } from '../../../../scripts/docs/audit-examples.ts'
import type { AuditEvent } from '../../../../src/api/audit-event.ts'
import { createSink, type Sink } from '../../../../src/audit/delivery/sink.ts'
import { parseSecret, signDelivery } from '../../../../src/signed-calls/standard-webhook.ts'
import { boundPort } from '../../../../src/server/bound-port.ts'
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const secretOf = (letter: string): string => `whsec_${Buffer.alloc(32, letter).toString('base64')}`
const [oldSecret, newSecret, otherSecret] = [secretOf('a'), secretOf('b'), secretOf('c')]
const minute = 60_000
const { signal } = new AbortController()

let url: string
let agent: Agent
let consumer: ReturnType<typeof createConsumer>
let tls: { readonly cert: string; readonly key: string }

beforeAll(async () => {
  const validity = { from: new Date(), days: 1 }
  const authority = await createAuthority('sink CA', validity)
  tls = await issueLeaf(authority, ['127.0.0.1'], validity)
  for (const [name, text] of Object.entries({ ca: authority.cert, oldSecret, newSecret, otherSecret })) {
    writeFileSync(at(name), text)
  }
  agent = new Agent({ connect: { ca: authority.cert } })
  await start([oldSecret])
})
afterAll(async () => {
  await agent.destroy()
  await consumer.close()
})

async function start(secrets: readonly string[], file = at('events')): Promise<void> {
  consumer = createConsumer({ tls, secrets, file })
  await consumer.listen({ host: '127.0.0.1', port: 0 })
  url = `https://127.0.0.1:${boundPort(consumer.server)}/`
}

async function restart(secrets: readonly string[], file?: string): Promise<void> {
  consumer.server.closeAllConnections()
  await consumer.close()
  await start(secrets, file)
}

function eventOf(id: string): AuditEvent {
  const [example] = auditExamples()
  if (!example) throw new Error('there is no example')
  return { ...example, id }
}

const lines = (): readonly string[] => readFileSync(at('events'), 'utf8').split('\n').filter(Boolean)
const times = (id: string): number => lines().filter((line) => line.includes(`"id":"${id}"`)).length

interface Delivery {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

function delivery(id: string, secret = oldSecret, now = Date.now()): Delivery {
  const parsed = parseSecret(secret)
  if ('problem' in parsed) throw new Error(parsed.problem)
  const body = JSON.stringify(eventOf(id))
  return { headers: { ...signDelivery({ id, body, at: now, keys: [parsed.key] }) }, body }
}

async function post({ headers, body }: Delivery): Promise<number> {
  const answer = await request(url, { method: 'POST', dispatcher: agent, headers, body })
  await answer.body.dump()
  return answer.statusCode
}

function sinkWith(...secrets: string[]): Sink {
  const files = { url, caFile: at('ca'), secretFiles: secrets.map(at) }
  return createSink({ name: 'one', mode: 'Queued', timeout: '5s', ...files }, () => Date.now())
}

test('what Sallyport delivers again, signed anew, is taken, and counts once', async () => {
  const now = Date.now()

  const answers = [await post(delivery('again', oldSecret, now)), await post(delivery('again', oldSecret, now + 1_000))]

  expect(answers).toEqual([204, 204])
  expect(times('again')).toBe(1)
})

test('the same bytes once more are a replay, and refused', async () => {
  const captured = delivery('captured')

  expect([await post(captured), await post(captured)]).toEqual([204, 409])
  expect(times('captured')).toBe(1)
})

describe('refused, and not kept, is', () => {
  const original = delivery('original')
  const { headers, body } = original
  const timestamp = Number(headers['webhook-timestamp'])
  test.each<[string, Delivery]>([
    ['a body that was altered', { headers, body: body.replace('allow', 'Allow') }],
    ['a byte more', { headers, body: `${body} ` }],
    ['another id', { headers: { ...headers, 'webhook-id': 'another' }, body }],
    ['another timestamp', { headers: { ...headers, 'webhook-timestamp': String(timestamp + 1) }, body }],
    ['no signature', { headers: { ...headers, 'webhook-signature': '' }, body }],
    [
      'a signature of another version',
      {
        headers: { ...headers, 'webhook-signature': (headers['webhook-signature'] ?? '').replace('v1', 'v2') },
        body,
      },
    ],
    ['the secret of somebody else', delivery('original', otherSecret)],
    ['a capture that is older than five minutes', delivery('original', oldSecret, Date.now() - 6 * minute)],
    ['one from the future', delivery('original', oldSecret, Date.now() + 6 * minute)],
  ])('%s', async (_title, altered) => {
    expect(await post(altered)).toBe(400)
    expect(times('original')).toBe(0)
  })
})

test('while a secret is being replaced nothing is refused, in whichever order both sides learn of it', async () => {
  const deliver = (id: string, ...secrets: string[]): Promise<void> => sinkWith(...secrets).deliver(eventOf(id), signal)

  await deliver('rotation-1', 'oldSecret')
  await deliver('rotation-2', 'oldSecret', 'newSecret')
  await restart([oldSecret, newSecret])
  await deliver('rotation-3', 'oldSecret', 'newSecret')
  await restart([newSecret])
  await deliver('rotation-4', 'oldSecret', 'newSecret')
  await deliver('rotation-5', 'newSecret')

  await expect(deliver('rotation-6', 'oldSecret')).rejects.toThrow('it answered 400')
  expect([1, 2, 3, 4, 5, 6].map((number) => times(`rotation-${number}`))).toEqual([1, 1, 1, 1, 1, 0])
  await restart([oldSecret])
})

test('what was kept before a restart counts once, too', async () => {
  await post(delivery('restarted'))
  await restart([oldSecret])

  expect(await post(delivery('restarted', oldSecret, Date.now() + 1_000))).toBe(204)
  expect(times('restarted')).toBe(1)
})

test('what could not be written down is not taken, and is when it comes again', async () => {
  await restart([oldSecret], join(folder, 'missing', 'events'))
  const first = await post(delivery('unwritten'))
  mkdirSync(join(folder, 'missing'))
  const second = await post(delivery('unwritten', oldSecret, Date.now() + 1_000))

  expect([first, second]).toEqual([500, 204])
  expect(readFileSync(join(folder, 'missing', 'events'), 'utf8')).toContain('"id":"unwritten"')
})
