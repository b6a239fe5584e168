import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Agent } from 'undici'
import type { Client } from '../../src/cluster/client/client.ts'
import { installation } from '../../src/api/installation.ts'
import { access, deniedExec, revoke } from '../fixtures/access.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { execCaller, type ExecCaller } from '../fixtures/exec-call.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin } from '../fixtures/kubectl.ts'
import { startController, stopController } from '../fixtures/leadership.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { postReview, type PostedAnswer } from '../fixtures/post-review.ts'
import { execReview, reviewBody } from '../fixtures/review.ts'
import { testCluster } from '../fixtures/run-cluster.ts'
import { urlHere } from '../fixtures/this-machine.ts'
import { until } from '../fixtures/until.ts'
import { webhookPath } from '../fixtures/webhook-path.ts'
import { mayExec } from '../fixtures/workload.ts'

// Only the API server gets an answer. Other callers that reach the port use up no access and write no history (issue
// 13, C2).
const namespace = 'callers'
const guessed = 'a'.repeat(48)
const unproven = {
  status: 403,
  body: {
    kind: 'Status',
    code: 403,
    message:
      'Sallyport answers only the API server, and this call lacks the path that the webhook configuration has now (E_CALLER). ' +
      'If the API server sent it, see docs/callers.md.',
  },
}

let client: Client
let agent: Agent
let exec: ExecCaller

const gate = gatedNamespace(namespace, async () => {
  // alice has a standing role, so a denial comes from the gate and not from missing RBAC.
  await mayExec(namespace, 'alice')
  client = clientOf('admin')
  await paperPod(client, namespace, 'web-0')
})
beforeAll(() => {
  agent = new Agent({ connect: { ca: readFileSync(join(gate().folder, 'ca.crt')) } })
  exec = execCaller(testCluster(), 'alice')
})
afterAll(async () => {
  await Promise.all([agent.close(), exec.close(), client.close()])
})

const asAlice = { username: 'alice', groups: ['dev', 'system:authenticated'] }
/** Returns an exec review for alice, which a caller claims is from the API server. */
const forged = (): string => {
  const object = { kind: 'PodExecOptions', apiVersion: 'v1', stdout: true, container: 'app', command: ['id'] }
  return reviewBody(execReview({ namespace, name: 'web-0', userInfo: asAlice, object }))
}

function post(path: string, body = forged()): Promise<PostedAnswer> {
  return postReview({ url: urlHere(gate().port), agent }, path, body)
}

function callExec(): ReturnType<ExecCaller['call']> {
  return exec.call({ namespace, pod: 'web-0', command: ['id'] })
}

function usesOf(uid: string): Promise<string> {
  return admin(['get', 'arec', `use-${uid}`, '-n', installation.namespace, '--ignore-not-found', '-o', 'name'])
}

describe('a caller who is not the API server', () => {
  test.each(['/connect', `/connect/${guessed}`, '/requests', '/grants', '/templates', '/deletions', '/tampering'])(
    'is refused at %s, and nothing is decided or told',
    async (path) => {
      const before = gate().lines.length

      expect(await post(path)).toMatchObject(unproven)

      // A denial would be logged as soon.
      await until('it is logged', () =>
        gate()
          .lines.slice(before)
          .some(({ msg }) => msg === 'call refused'),
      )
      expect(gate().decisions.filter(({ name }) => name === 'web-0')).toEqual([])
    },
  )

  test('uses nothing up: the one use of a request is still for its user', async () => {
    const { metadata } = await access(namespace, 'one-use', { once: true })

    expect(await post('/connect')).toMatchObject(unproven)
    expect(await usesOf(metadata.uid)).toBe('')

    expect(await callExec()).toMatchObject({ letIn: true })
    expect(await usesOf(metadata.uid)).not.toBe('')
    // Otherwise the same call could be its retry.
    await revoke('alice', namespace, 'one-use')
  })

  test('is taken for it under the path that the webhook configuration has: those who may read that are trusted', async () => {
    const path = await webhookPath(client, '/connect')

    expect(path).toMatch(/^\/connect\/[0-9a-f]{48}$/)
    expect(await post(path)).toMatchObject({ status: 200, body: { response: { allowed: false } } })
  })
})

test('a call of the API server is told with its proof', async () => {
  await deniedExec('alice', namespace, { command: ['proven'] })

  const event = await until('the event of the denial', () =>
    gate().decisions.find(({ command }) => command?.includes('proven')),
  )
  expect(event).toMatchObject({ verdict: 'deny', caller: ['path'] })
})

describe('a path that is made anew', () => {
  test('at each new leader, and no exec is refused for it meanwhile; the one before ends', async () => {
    const first = await webhookPath(client, '/connect')
    const seen = new Set([first])
    let isOver = false
    const texts: string[] = []
    const load = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!isOver) texts.push((await callExec()).text)
      }),
    )

    for (let term = 0; term < 3; term++) {
      await stopController(gate())
      await startController(gate())
      await until('the path is another', async () => !seen.has(await webhookPath(client, '/connect')), 30_000)
      seen.add(await webhookPath(client, '/connect'))
    }
    isOver = true
    await load

    expect(texts.length).toBeGreaterThan(20)
    expect(texts.filter((text) => !/\((E_NO_PASS|E_USED|E_ENDED)\)/.test(text))).toEqual([])
    await until('the first path is refused', async () => (await post(first)).status === 403, 60_000)
  })

  test('after a call that failed, for its text shows the URL to the user', async () => {
    const before = await webhookPath(client, '/connect')

    process.kill(gate().pid, 'SIGSTOP')
    const failed = await callExec().finally(() => process.kill(gate().pid, 'SIGCONT'))

    expect(failed.text).toContain(before)
    await until('the path is another', async () => (await webhookPath(client, '/connect')) !== before, 60_000)
    expect((await callExec()).text).toMatch(/\((E_NO_PASS|E_USED|E_ENDED)\)/)
  })
})

test('a path without its random part, as an apply of the manifests leaves it, gets one again', async () => {
  const url = `/webhooks/0/clientConfig/url`
  const stored = await admin(['get', 'validatingwebhookconfiguration', 'sallyport', '-o', 'json'])
  const { webhooks } = JSON.parse(stored) as { webhooks: { clientConfig: { url: string } }[] }
  const plain = webhooks[0]?.clientConfig.url.replace(/\/[^/]*$/, '')
  const operations = [{ op: 'replace', path: url, value: plain }]

  await admin(['patch', 'validatingwebhookconfiguration', 'sallyport', '--type=json', '-p', JSON.stringify(operations)])

  await until('calls are refused', async () => (await callExec()).text.includes('(E_CALLER)'), 30_000)
  await until('calls are answered', async () => /\((E_NO_PASS|E_USED|E_ENDED)\)/.test((await callExec()).text), 60_000)
})

test('no line of the log has held a path', async () => {
  const path = await webhookPath(client, '/connect')

  const log = JSON.stringify(gate().lines)

  expect(log).toContain('call refused')
  expect(log).not.toContain(path)
  expect(log).not.toMatch(/\/connect\/[0-9a-f]{48}/)
})
