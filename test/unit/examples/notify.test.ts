import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { createNotifier } from '../../../examples/notify/notifier.ts'
import { messageOf, type PendingEvent } from '../../../examples/notify/message.ts'
import { auditExamples } from '../../../scripts/docs/audit-examples.ts'
import { typeName } from '../../../src/api/audit-event.ts'
import { boundPort } from '../../../src/server/bound-port.ts'
import { parseSecret, signDelivery } from '../../../src/signed-calls/standard-webhook.ts'
import { calleeFiles, type CalleeFiles } from '../../fixtures/callee-files.ts'
import { startChatServer, type ChatServer } from '../../fixtures/chat-server.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const folder = temporaryFolder()
const pending = auditExamples().find(({ type }) => type === typeName('request.pending')) as PendingEvent

let chat: ChatServer
let files: CalleeFiles
let agent: Agent
let notifier: ReturnType<typeof createNotifier>
let next = 0
const problems: string[] = []

beforeAll(async () => {
  chat = await startChatServer(folder)
  files = await calleeFiles(folder, 'notify')
  agent = new Agent({ connect: { ca: files.ca } })
  await start()
})
beforeEach(() => {
  chat.manner = 'take'
})
afterAll(async () => {
  await agent.destroy()
  await notifier.close()
  await chat[Symbol.asyncDispose]()
})

async function start(): Promise<void> {
  const { pair, secret } = files
  notifier = createNotifier({
    ...{ tls: pair, secrets: [secret] },
    ...{ chat: chat.url, chatCa: chat.ca, file: join(folder, 'posted') },
    onFailure: (problem) => problems.push(problem),
  })
  await notifier.listen({ host: '127.0.0.1', port: 0 })
}

interface Given {
  readonly event?: PendingEvent
  readonly id?: string
  readonly secret?: string
}

/** Delivers an event as Sallyport does, signed anew. @returns the status */
async function deliver({
  event = pending,
  id = `event-${++next}`,
  secret = files.secret,
}: Given = {}): Promise<number> {
  const parsed = parseSecret(secret)
  if ('problem' in parsed) throw new Error(parsed.problem)
  const body = JSON.stringify({ ...event, id })
  const answer = await request(`https://127.0.0.1:${boundPort(notifier.server)}/events`, {
    method: 'POST',
    dispatcher: agent,
    headers: { ...signDelivery({ id, body, at: Date.now(), keys: [parsed.key] }) },
    body,
  })
  await answer.body.dump()
  return answer.statusCode
}

test('a request that waits is posted: who asks what, why, for how long, whom it awaits, and how to look at it', async () => {
  const before = chat.taken.length

  expect(await deliver()).toBe(204)
  expect(chat.taken.slice(before)).toEqual([
    [
      "`alice` asks for access in namespace `shop`: `exec web-0/app: psql --password '[redacted]'`",
      'Why: `the queue is stuck`',
      'For: `30m`',
      '`ticket`: `OPS-42`',
      'Waits for: `1 more of group sre`',
      'Look at it: `kubectl access approve look -n shop`',
    ].join('\n'),
  ])
})

describe('once, however often it comes:', () => {
  test('after it was posted, and after a restart', async () => {
    const before = chat.tries()
    const answers = [await deliver({ id: 'again' }), await deliver({ id: 'again' })]
    await notifier.close()
    await start()
    answers.push(await deliver({ id: 'again' }))

    expect([answers, chat.tries() - before]).toEqual([[204, 204, 204], 1])
  })

  test('while it is being posted', async () => {
    const before = chat.tries()
    chat.manner = 'slow'
    const answers = await Promise.all([deliver({ id: 'slow' }), deliver({ id: 'slow' })])

    expect([answers, chat.tries() - before]).toEqual([[204, 204], 1])
  })
})

test('what the chat does not take is not taken, and is posted when it comes again', async () => {
  const before = chat.taken.length
  chat.manner = 'fail'
  expect(await deliver({ id: 'failed' })).toBe(502)
  expect(problems).toEqual(['event failed is not posted yet: the chat answered with status 500'])
  chat.manner = 'take'

  expect(await deliver({ id: 'failed' })).toBe(204)
  expect(chat.taken.length - before).toBe(1)
})

test('what nobody signed is refused', async () => {
  const before = chat.tries()

  expect(await deliver({ secret: `whsec_${Buffer.alloc(32, 'x').toString('base64')}` })).toBe(400)
  expect(chat.tries()).toBe(before)
})

const { approvers: _approvers, ...selfService } = pending.data
test.each<[string, PendingEvent]>([
  ['an event of another type', { ...pending, type: typeName('request.active') }],
  ['a request that nobody need approve', { ...pending, data: selfService }],
])('%s is acknowledged, and not posted', async (_what, event) => {
  const before = chat.tries()

  expect(await deliver({ event })).toBe(204)
  expect(chat.tries()).toBe(before)
})

describe('the text of a user', () => {
  const message = (asked: Partial<PendingEvent['data']['asked']>): string =>
    messageOf({
      ...pending,
      data: { ...pending.data, summary: '[redacted]', target: {}, asked: { access: 'exec', ...asked } },
    })
  test.each([
    ['mentions nobody', '<!channel> & <@U1>', '`&lt;!channel&gt; &amp; &lt;@U1&gt;`'],
    ['marks up nothing', 'a `b` *c*', '`a \\u{60}b\\u{60} *c*`'],
    ['hides nothing', 'a\u202eb\u001b[2Jc\nd', '`a\\u{202e}b\\u{1b}[2Jc\\u{a}d`'],
    ['has an end', 'x'.repeat(2_000), `\`${'x'.repeat(1_000)}…\``],
  ])('%s', (_title, reason, shown) => {
    expect(message({ reason })).toContain(`Why: ${shown}\n`)
  })

  test('sums up what runs, as Sallyport does', () => {
    const data = { ...pending.data, summary: 'role view +2 in shop' }

    expect(messageOf({ ...pending, data })).toContain(': `role view +2 in shop`\n')
  })

  test.each([
    [{ pod: 'web-0', command: ['sh', '-c', 'rm *'] }, "exec web-0: sh -c 'rm *'"],
    [{ pod: 'web-0', container: 'app', stdin: true, tty: true }, 'exec web-0/app: ANY COMMAND -it'],
    [{ pod: 'web-0', subresources: ['portforward'] }, 'exec web-0 + portforward'],
    [{ template: { name: 'look' }, debug: true }, 'exec: ANY COMMAND + debug containers (template look)'],
    [{ access: 'role', template: { name: 'view' } }, 'role (template view)'],
    [{ access: 'shell', template: { name: 'web' } }, 'shell (template web)'],
  ])('%j is told as %s', (asked, shown) => {
    expect(message(asked)).toContain(`: \`${shown}\`\n`)
  })
})
