import { beforeAll, describe, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import type { AccessRequest } from '../../src/api/kinds/access-request.ts'
import { accessNamespace, storedRequest } from '../fixtures/access.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { admin } from '../fixtures/kubectl.ts'
import { errorEventFault, statusFault } from '../faults/fault.ts'
import { startFaultProxy } from '../faults/proxy.ts'
import { shellWithPlugin } from '../fixtures/plugin.ts'
import type { Shell } from '../fixtures/shell.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'

const namespace = 'plugin'
const testOnNode = testWithNode()

let gate: DevGate
let shell: Shell

beforeAll(async () => {
  shell = await shellWithPlugin()
  await accessNamespace(namespace)
  await mayExec(namespace, 'alice')
  await (testOnNode === test ? runningPod(namespace, 'web-0') : undefined)
  gate = await startDevGate()
})
inTheEnd(
  () => admin(['delete', 'namespace', namespace, '--wait=false']),
  () => gate.stop(),
)

/** Returns the one line of a text that is a command of ours. */
function commandIn(text: string): string {
  const lines = text.split('\n').filter((line) => line.startsWith('kubectl access '))
  expect(lines).toHaveLength(1)
  return lines[0] ?? ''
}

const nameIn = (text: string): string => /^Request (\S+) was made\b/m.exec(text)?.[1] ?? ''

testOnNode('the commands that the denials print lead alice into the pod', async () => {
  const look = `kubectl exec web-0 -n ${namespace} -c app -- sh -c 'echo "$HOSTNAME is in"'`
  const denied = await shell('alice', look)
  const unanswered = await shell('alice', commandIn(denied.stderr))

  const running = shell('alice', `echo 'OPS-42 stuck queue' | ${commandIn(denied.stderr)}`)
  // The pass lists the request soon after.
  const pending = await until('the request waits', async () => {
    const tried = await shell('alice', look)
    return tried.stderr.includes('(E_PENDING)') ? tried : undefined
  })
  const seen = await shell('bob', commandIn(pending.stderr))
  const granted = await shell('bob', commandIn(seen.stderr))
  const inside = await running

  const question = 'Why do you need access? Approvers read it: '
  expect(unanswered).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('No answer was given, so nothing was done'),
  })
  // The plugin shows the answer that a script gave, as a user at a terminal would see it.
  expect(inside).toMatchObject({ code: 0, stdout: 'web-0 is in\n' })
  expect(inside.stderr.startsWith(`${question}OPS-42 stuck queue\n`)).toBe(true)
  expect(nameIn(inside.stderr)).toMatch(/^exec-web-0-[a-z0-9]{5}$/)
  expect(commandIn(inside.stderr)).toBe(commandIn(pending.stderr))
  expect(granted).toMatchObject({ code: 0, stderr: '' })
  for (const shown of ['alice', 'web-0', 'app', `sh -c 'echo "$HOSTNAME is in"'`, 'OPS-42 stuck queue', '1h']) {
    expect(granted.stdout).toContain(shown)
  }
  expect(await shell('alice', look)).toMatchObject({ code: 0, stdout: 'web-0 is in\n' })
})

testOnNode('--wait says what to type, and that works', async () => {
  const waiting = shell(
    'alice',
    `kubectl access request exec web-0 -n ${namespace} --name waited --duration 30m --once --reason r --wait=40s -- id`,
  )
  await admin(['wait', '--for=create', 'areq/waited', '-n', namespace, '--timeout=20s'])
  await admin(['wait', '--for=condition=TargetResolved', 'areq/waited', '-n', namespace, '--timeout=20s'])
  const { status } = await storedRequest(namespace, 'waited')
  const grant = `kubectl access approve waited -n ${namespace} --digest ${status?.shortDigest ?? ''} --duration 10m`
  const granted = await shell('bob', grant)

  const { code, stdout } = await waiting

  expect(granted.stdout).toContain('10m, shortened from 30m')
  expect(granted.stdout).toContain('one')
  expect(code).toBe(0)
  const line = stdout.trimEnd().split('\n').at(-1) ?? ''
  expect(line).toBe(`kubectl exec web-0 -n ${namespace} -c app -- id`)
  expect(await shell('alice', line)).toMatchObject({ code: 0, stdout: expect.stringContaining('uid=0') })
})

testOnNode('who waits is told of a denial, and why', async () => {
  const waiting = shell(
    'alice',
    `kubectl access request exec web-0 -n ${namespace} --name unwanted --reason r --wait -- id`,
  )
  await admin(['wait', '--for=create', 'areq/unwanted', '-n', namespace, '--timeout=20s'])

  const why = `use the dashboard${' and the logs'.repeat(60)}`
  const denied = await shell('bob', `kubectl access deny unwanted -n ${namespace} --message '${why}'`)

  expect(denied).toMatchObject({ code: 0, stderr: '' })
  const { code, stderr } = await waiting
  expect(code).toBe(3)
  expect(stderr.endsWith(`Request unwanted has ended (Denied): bob denied it: ${why}.\n`)).toBe(true)
})

testOnNode('who waits is told also after the network was down, and a watch that went too far back', async () => {
  const proxy = await startFaultProxy(testCluster().kubeconfig('alice'))
  try {
    const request = `kubectl access request exec web-0 -n ${namespace} --name cut --reason r --wait -- id`
    const waiting = shell(proxy, request)
    const { digest } = await until('its digest', async () => {
      const { stdout } = await shell('admin', `kubectl get areq cut -n ${namespace} -o json --ignore-not-found`)
      const found = (JSON.parse(stdout || '{}') as Partial<AccessRequest>).status?.shortDigest
      return found === undefined ? undefined : { digest: found }
    })
    // The first list is for the digest. A second may be for whom the request waits, if that was not known with it.
    await until('a watch after the digest', () => {
      const lists = proxy.requests.filter(({ method, isWatch }) => method === 'GET' && !isWatch)
      return lists.length >= 2 && proxy.requests.at(-1)?.isWatch
    })
    const before = proxy.requests.length
    proxy.onRequest(({ isWatch }) =>
      isWatch ? errorEventFault(410, 'Expired') : statusFault(503, 'ServiceUnavailable'),
    )
    proxy.cut()
    await until('two calls in vain', () => proxy.requests.length >= before + 2)
    proxy.onRequest(({ isWatch }) => (isWatch ? errorEventFault(410, 'Expired') : undefined))
    await shell('bob', `kubectl access approve cut -n ${namespace} --digest ${digest}`)

    expect(await waiting).toMatchObject({ code: 0, stdout: expect.stringContaining('It is ready:\nkubectl exec ') })
  } finally {
    await proxy.close()
  }
})

testOnNode('a wait ends after its time, and the request stays', async () => {
  const late = await shell(
    'alice',
    `kubectl access request exec web-0 -n ${namespace} --name late --reason r --wait=1s -- id`,
  )

  expect(late).toMatchObject({ code: 4, stderr: expect.stringContaining('Request late is not ready after 1s') })
  expect((await storedRequest(namespace, 'late')).status?.phase).toBe('Pending')
})

testOnNode('a request for any command says so to who asks and to who grants', async () => {
  const asked = await shell('alice', `kubectl access request exec web-0 -n ${namespace} --reason r`)

  const shown = await shell('bob', `kubectl access approve ${nameIn(asked.stdout)} -n ${namespace}`)

  expect(asked.stderr).toContain('WARNING: the request names no command, so it asks for ANY COMMAND in pod web-0.')
  expect(shown.stdout).toContain('ANY COMMAND')
})

describe('what cannot be is told in one sentence', () => {
  test.each([
    ['a context', 'revoke none -n plugin --context nowhere', 'The kubeconfig has no context nowhere; it has '],
    ['a kubeconfig', 'revoke none --kubeconfig /none/such', 'The kubeconfig /none/such cannot be read: ENOENT: '],
    ['the namespace default', 'revoke none', 'Request none was not found in namespace default. '],
  ])('%s', async (_what, args, sentence) => {
    const { code, stdout, stderr } = await shell('admin', `kubectl access ${args}`)

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.startsWith(sentence)).toBe(true)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  test('a namespace that is not there, or not theirs', async () => {
    const request = 'kubectl access request exec web-0 -n nowhere --reason r -- id'

    const [absent, forbidden] = await Promise.all([shell('admin', request), shell('alice', request)])

    expect(absent).toEqual({ code: 1, stdout: '', stderr: 'namespaces "nowhere" not found\n' })
    expect(forbidden.stderr).toMatch(
      /^accessrequests.access.sallyport.dev is forbidden: User "alice" cannot create .*\n$/,
    )
  })
})
