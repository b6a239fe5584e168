import { expect, test } from '@jest/globals'
import { installation } from '../../src/api/installation.ts'
import { access, deniedExec, ended, exec, rawExec } from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, kubectl } from '../fixtures/kubectl.ts'
import { withoutWebSocket } from '../fixtures/no-websocket.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'

const namespace = 'once'
const testOnNode = testWithNode()
const atOnce = 20

const gate = gatedNamespace(namespace, async () => {
  // alice has a standing role, so a denial comes from the gate and not from missing RBAC.
  await mayExec(namespace, 'alice')
  if (testOnNode === test) {
    await Promise.all(
      ['web-0', 'web-1', 'web-2', 'web-3', 'web-4'].map((pod) => runningPod(namespace, pod, ['app', 'side'])),
    )
  }
})

async function recordOf(kind: 'use' | 'retry', uid: string): Promise<Record<string, unknown>> {
  const text = await admin(['get', 'arec', `${kind}-${uid}`, '-n', installation.namespace, '-o', 'jsonpath={.spec}'])
  return JSON.parse(text) as Record<string, unknown>
}

function usesOf(uid: string): Promise<string> {
  const { namespace: home } = installation
  return admin(['get', 'arec', `use-${uid}`, '-n', home, '--ignore-not-found', '-o', 'jsonpath={.spec.use}'])
}

testOnNode('the first exec is let in, and the second is denied', async () => {
  const { metadata } = await access(namespace, 'first', { once: true, exec: { pod: 'web-0', container: 'app' } })

  const first = await exec('alice', namespace)
  const second = await deniedExec('alice', namespace, { command: ['id', '-u'] })

  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('uid=0') })
  const { time } = await recordOf('use', metadata.uid)
  expect(second).toContain(
    `Request first allowed one use, and it was used at ${String(time)} (E_USED). ` +
      `Ask, and go in:\nkubectl access exec web-0 -n ${namespace} -c app --once -- id -u\n`,
  )
  expect(JSON.parse(await usesOf(metadata.uid))).toMatchObject({ username: 'alice', pod: 'web-0', container: 'app' })
})

testOnNode('what was denied uses nothing up, nor does a container that does not exist', async () => {
  const { metadata } = await access(namespace, 'unused', {
    once: true,
    exec: { pod: 'web-1', container: 'app', command: ['id'] },
  })
  const web1 = { pod: 'web-1' }
  const query = 'command=id&stdout=true'

  const denied = [
    await rawExec('alice', namespace, `container=nope&${query}`, 'web-1'),
    await rawExec('alice', namespace, query, 'web-1'),
    await deniedExec('alice', namespace, { ...web1, container: 'side' }),
    await deniedExec('alice', namespace, { ...web1, command: ['sh'] }),
    await deniedExec('alice', namespace, { ...web1, flags: ['-i'] }),
  ]

  expect(denied[0]).toContain('This access is to container app of pod once/web-1, not to nope (E_NOT_ASKED)')
  expect(denied[1]).toContain('No container is named, and pod once/web-1 has app, side (E_NO_CONTAINER)')
  for (const text of denied.slice(2)) expect(text).toContain('(E_NOT_ASKED)')
  expect(await usesOf(metadata.uid)).toBe('')
  expect(await exec('alice', namespace, web1)).toMatchObject({ code: 0 })
  expect(await usesOf(metadata.uid)).not.toBe('')
})

testOnNode('kubectl gets its session where a proxy refuses WebSocket, which takes a second call', async () => {
  await using proxy = await withoutWebSocket('alice')
  const { metadata } = await access(namespace, 'by-proxy', { once: true, exec: { pod: 'web-4', command: ['id'] } })
  const through = ['--server', proxy.url, 'exec', 'web-4', '-n', namespace, '-c', 'app', '--', 'id']

  const first = await kubectl('alice', through)
  const again = await kubectl('alice', through)

  expect(proxy.refused).toBe(2)
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('uid=0') })
  expect(again.stderr).toMatch(/\((E_USED|E_ENDED|E_NO_PASS)\)/)
  const [use, retry] = [await recordOf('use', metadata.uid), await recordOf('retry', metadata.uid)]
  expect(retry['retry']).toEqual(use['use'])
})

// These are the use, and the same call once more: the gate is not told what became of the first.
testOnNode('of twenty at the same moment exactly two are let in', async () => {
  await access(namespace, 'race', { once: true, exec: { pod: 'web-2', container: 'app', command: ['id'] } })

  const all = await Promise.all(Array.from({ length: atOnce }, () => exec('alice', namespace, { pod: 'web-2' })))

  const out = all.filter(({ code }) => code !== 0)
  expect(out).toHaveLength(atOnce - 2)
  expect(out.filter(({ stderr }) => !/\((E_USED|E_ENDED|E_NO_PASS)\)/.test(stderr))).toEqual([])
})

testOnNode('a denied kubectl exec is one event with two attempts', async () => {
  const eventsWith = (word: string) => gate().decisions.filter(({ command }) => command?.includes(word))
  let tries = 0
  // On a busy machine, the calls of kubectl may be more than a second apart. Then they are two events.
  const word = await until('both calls within a second', async () => {
    const tried = `twice-${(tries += 1)}`
    await deniedExec('alice', namespace, { pod: 'web-2', command: ['echo', tried] })
    const event = await until('the event of the denial', () => eventsWith(tried)[0])
    return event.attempts === 2 ? tried : undefined
  })

  // Both calls are in this event: no other event is still to come.
  expect(eventsWith(word)).toMatchObject([
    {
      verdict: 'deny',
      user: 'alice',
      namespace,
      name: 'web-2',
      attempts: 2,
      otherIds: [expect.any(String)],
    },
  ])
})

testOnNode('who has two accesses for one use each uses one after the other', async () => {
  const request = { once: true, exec: { pod: 'web-3', container: 'app' } }
  await access(namespace, 'double-1', request)
  await access(namespace, 'double-2', request)
  const web3 = { pod: 'web-3' }

  const letIn = [
    await exec('alice', namespace, web3),
    await exec('alice', namespace, { ...web3, command: ['id', '-u'] }),
  ]
  const denied = await deniedExec('alice', namespace, { ...web3, command: ['id', '-g'] })

  expect(letIn.map(({ code }) => code)).toEqual([0, 0])
  expect(denied).toMatch(/\((E_USED|E_ENDED|E_NO_PASS)\)/)
})

// This test is last: a session has five seconds to begin.
testOnNode('a request that was used is completed', async () => {
  expect(await ended(namespace, 'first', 'Completed')).toBe('it was used')
  expect(await deniedExec('alice', namespace)).toMatch(/\((E_ENDED|E_NO_PASS)\)/)
})
