import { beforeAll, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { join } from 'node:path'
import { createNotifier } from '../../examples/notify/notifier.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { boundPort } from '../../src/server/bound-port.ts'
import { accessNamespace, applied, ended, requestFile, storedRequest } from '../fixtures/access.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { calleeFiles } from '../fixtures/callee-files.ts'
import { startChatServer, type ChatServer } from '../fixtures/chat-server.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { shellWithPlugin } from '../fixtures/plugin.ts'
import type { Shell } from '../fixtures/shell.ts'
import { endWithRecords } from '../fixtures/take-back-records.ts'
import { templateFile } from '../fixtures/templates.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'notify'
const folder = temporaryFolder()
const exec = { pod: 'paper', container: 'app', command: ['cat', '/etc/hostname'] }
const template = { kind: 'AccessTemplate', name: 'two' }

/** The ids of the events that the bridge has acknowledged. */
const acknowledged = new Set<string>()

let client: Client
let shell: Shell
let chat: ChatServer
let notifier: ReturnType<typeof createNotifier>
let gate: DevGate

beforeAll(async () => {
  client = clientOf('admin')
  shell = await shellWithPlugin()
  await accessNamespace(namespace)
  await paperPod(client, namespace, 'paper')
  chat = await startChatServer(folder)
  const { pair, secret, config } = await calleeFiles(folder, 'bridge')
  notifier = createNotifier({
    ...{ tls: pair, secrets: [secret], chat: chat.url, chatCa: chat.ca, file: join(folder, 'posted') },
    onFailure: () => undefined,
  })
  notifier.addHook('onResponse', async ({ headers }, { statusCode }) => {
    if (statusCode === 204) acknowledged.add(String(headers['webhook-id']))
    return Promise.resolve()
  })
  await notifier.listen({ host: '127.0.0.1', port: 0 })
  const url = `https://127.0.0.1:${boundPort(notifier.server)}/events`
  gate = await startDevGate({ audit: { sinks: [{ name: 'chat', url, types: ['request.pending'], ...config }] } })
  const target = { kind: 'Pod', name: 'paper' }
  const reviewers = [{ kind: 'Group', name: 'sre' }]
  await apply(
    templateFile(namespace, 'two', {
      access: { exec: { target } },
      challenges: [{ peerReview: { count: 2, reviewers } }],
    }),
    templateFile(namespace, 'free', { access: { exec: { target } }, challenges: [] }),
  )
})
inTheEnd(
  () => admin(['delete', 'namespace', namespace, '--wait=false']),
  () => endWithRecords(gate),
  () => notifier.close(),
  () => chat[Symbol.asyncDispose](),
  () => client.close(),
)

/** The messages about a request, once there is one. */
function messagesAbout(name: string): Promise<readonly string[]> {
  return until(`${name} is told in the chat`, () => {
    const about = chat.taken.filter((text) => text.includes(` ${name} -n ${namespace}`))
    return about.length > 0 ? about : undefined
  })
}

test('approvers read in their chat who waits for them, and the command there shows them the request', async () => {
  const reason = '<!channel> look & see\u202e *now*'
  await applied('alice', requestFile(namespace, 'look', { reason, duration: '20m', exec, templateRef: template }))

  const [message = '', ...others] = await messagesAbout('look')
  expect(others).toEqual([])
  expect(message.split('\n')).toEqual([
    '`alice` asks for access in namespace `notify`: `exec paper/app: cat /etc/hostname (template two)`',
    'Why: `&lt;!channel&gt; look &amp; see\\u202e *now*`',
    'For: `20m`',
    'Waits for: `2 more of group sre`',
    'Look at it: `kubectl access approve look -n notify`',
  ])
  const [, command = ''] = /^Look at it: `(.*)`$/m.exec(message) ?? []
  const shown = await shell('bob', command)
  for (const text of ['alice', 'cat /etc/hostname', '20m']) expect(shown.stdout + shown.stderr).toContain(text)
})

test('a request is told once, when the chat is back', async () => {
  const before = chat.tries()
  chat.manner = 'fail'
  await applied('alice', requestFile(namespace, 'later', { exec }))
  await until('it is tried again', () => chat.tries() >= before + 2)
  expect(chat.taken.join('\n')).not.toContain('later')
  chat.manner = 'take'

  const messages = await messagesAbout('later')
  expect(messages).toEqual([expect.stringContaining('Waits for: `an approver of namespace notify`')])
})

test('a request that nobody need approve is not told', async () => {
  const free = { kind: 'AccessTemplate', name: 'free' }
  await applied('alice', requestFile(namespace, 'free', { exec, templateRef: free, duration: '1s' }))
  await ended(namespace, 'free', 'Expired')
  const { metadata } = await storedRequest(namespace, 'free')
  await until('the bridge has it', () => acknowledged.has(`${metadata.uid}.pending`))

  expect(chat.taken.filter((text) => text.includes(' free -n '))).toEqual([])
})
