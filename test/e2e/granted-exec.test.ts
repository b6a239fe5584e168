import { beforeAll, describe, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import {
  access,
  accessNamespace,
  applied,
  ask,
  deniedExec,
  ended,
  exec,
  grantFile,
  rawExec,
  requestFile,
  storedRequest,
  readyRequest,
} from '../fixtures/access.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { admin, kubectlOk } from '../fixtures/kubectl.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'

// In this namespace alice has only the RBAC that she is given. In the other, she and mallory may exec, as before there
// was a gate.
const bare = 'granted-bare'
const standing = 'granted-standing'
const testOnNode = testWithNode()
const letIn = { code: 0, stdout: expect.stringContaining('uid=0') }

let gate: DevGate

beforeAll(async () => {
  for (const namespace of [bare, standing]) await accessNamespace(namespace)
  await Promise.all(['alice', 'mallory'].map((user) => mayExec(standing, user)))
  if (testOnNode === test) {
    await Promise.all([bare, standing].map((namespace) => runningPod(namespace, 'web-0', ['app', 'side'])))
    await runningPod(standing, 'web-1')
  }
  gate = await startDevGate()
})
inTheEnd(
  () => admin(['delete', 'namespace', bare, standing, '--wait=false']),
  () => gate.stop(),
)

testOnNode('alice without RBAC asks, bob grants, and her plain kubectl exec works', async () => {
  const on = ['-n', bare]
  expect(await deniedExec('alice', bare)).toContain('cannot get resource "pods"')

  expect(await applied('alice', requestFile(bare, 'story'))).toBe('accessrequest.access.sallyport.dev/story created\n')
  const digestPath = '{.status.shortDigest}'
  await kubectlOk('bob', ['wait', `--for=jsonpath=${digestPath}`, 'areq/story', ...on, '--timeout=20s'])
  const digest = await kubectlOk('bob', ['get', 'areq', 'story', ...on, '-o', `jsonpath=${digestPath}`])
  await applied('bob', grantFile(bare, 'story', { digest }))
  await readyRequest(bare, 'story')

  expect(await exec('alice', bare)).toMatchObject(letIn)
  expect(await until('the event', () => gate.decisions.find(({ code }) => code === 'ACCESS'))).toMatchObject({
    verdict: 'allow',
    message: 'request story, granted by bob',
    user: 'alice',
    container: 'app',
    command: ['id'],
  })
  expect(await storedRequest(bare, 'story')).toMatchObject({
    spec: { requestor: { username: 'alice' } },
    status: { phase: 'Active', shortDigest: digest, approvals: [{ name: 'story', grantedBy: 'bob' }] },
  })
})

testOnNode('alice with a standing role is stopped until bob grants, and is told what is missing', async () => {
  expect(await deniedExec('alice', standing)).toContain('alice has no access to pod granted-standing/web-0 (E_NO_PASS)')

  const { digest } = await ask(standing, 'standing')
  const waiting = await deniedExec('alice', standing)
  await applied('bob', grantFile(standing, 'standing', { digest }))
  await readyRequest(standing, 'standing')

  expect(waiting).toContain('Request standing waits for approval (E_PENDING)')
  expect(waiting).toContain(`An approver can look at it:\nkubectl access approve standing -n ${standing}\n`)
  expect(await exec('alice', standing)).toMatchObject(letIn)
})

testOnNode('kubectl get shows who asks for what, for how long, and what is missing', async () => {
  const { status } = await storedRequest(bare, 'story')
  await ask(bare, 'waiting', { exec: { pod: 'web-0', container: 'app', stdin: true, tty: true }, duration: '5m' })

  const rows = await tableOf(['get', 'areq', '-n', bare])
  const wide = await tableOf(['get', 'areq', '-n', bare, '-o', 'wide'])

  expect(rows.map((row) => row.slice(0, -1))).toEqual([
    ['NAME', 'REQUESTOR', 'WHAT', 'FOR', 'PHASE', 'AWAITS'],
    ['story', 'alice', 'exec web-0/app: id', '1h', 'Active'],
    ['waiting', 'alice', 'exec web-0/app: ANY COMMAND -it', '5m', 'Pending', '1 approver'],
  ])
  expect(wide[0]?.slice(6)).toEqual(['AGE', 'POD', 'EXPIRES', 'DIGEST', 'REASON'])
  expect(wide[1]).toEqual(expect.arrayContaining(['web-0', status?.expiresAt, status?.shortDigest, 'OPS-42']))
})

/** Returns the cells of a table that bob sees. An empty cell is left out. */
async function tableOf(args: readonly string[]): Promise<readonly (readonly string[])[]> {
  const table = await kubectlOk('bob', args)
  return table
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/))
}

testOnNode('mallory, who may exec by a standing role, stays out', async () => {
  expect(await deniedExec('mallory', standing)).toContain(
    'mallory has no access to pod granted-standing/web-0 (E_NO_PASS)',
  )
  expect(await deniedExec('mallory', bare)).toContain('cannot get resource "pods"')
})

testOnNode('alice stays out of another pod', async () => {
  expect(await deniedExec('alice', standing, { pod: 'web-1' })).toContain(
    'alice has no access to pod granted-standing/web-1 (E_NO_PASS)',
  )
})

describe.each([bare, standing])('in %s alice has what she asked for and no more', (namespace) => {
  testOnNode('no other container', async () => {
    expect(await deniedExec('alice', namespace, { container: 'side' })).toContain(
      `This access is to container app of pod ${namespace}/web-0, not to side (E_NOT_ASKED)`,
    )
  })

  testOnNode.each([[['id', '-u']], [['sh', '-c', 'id']], [['/bin/id']]])('not the command %j', async (command) => {
    expect(await deniedExec('alice', namespace, { command })).toContain(
      `is for the command id, not for ${command.join(' ')} (E_NOT_ASKED). Ask, and go in:\nkubectl access exec web-0 `,
    )
  })

  testOnNode.each([[['-i']], [['-it']]])('not with %j', async (flags) => {
    expect(await deniedExec('alice', namespace, { flags, input: 'x' })).toContain(
      `This access to pod ${namespace}/web-0 does not include input (E_NOT_ASKED). Leave out -i`,
    )
  })

  testOnNode('no terminal, by a client that sends no input', async () => {
    expect(await rawExec('alice', namespace, 'container=app&command=id&stdout=true&tty=true')).toContain(
      `This access to pod ${namespace}/web-0 does not include a terminal (E_NOT_ASKED). Leave out -t`,
    )
  })
})

testOnNode(
  'bytes that are no text do not pass for the character that the API server shows in their place',
  async () => {
    await access(bare, 'bytes', { exec: { pod: 'web-0', container: 'app', command: ['cat', '\ufffd'] } })

    const query = 'container=app&stdout=true&command=cat&command=%ff'
    expect(await rawExec('alice', bare, query)).toContain('(E_NOT_ASKED)')
  },
)

testOnNode('who asked for input may send it, and still opens no terminal', async () => {
  await access(bare, 'input', { exec: { pod: 'web-0', container: 'app', command: ['cat'], stdin: true } })

  const session = await exec('alice', bare, { flags: ['-i'], command: ['cat'], input: 'by alice\n' })
  const terminal = await rawExec('alice', bare, 'container=app&command=cat&stdin=true&stdout=true&tty=true')

  expect(session).toMatchObject({ code: 0, stdout: 'by alice\n' })
  expect(terminal).toContain('(E_NOT_ASKED)')
})

testOnNode('a request without a command is for any command, and says so to the approver', async () => {
  const { digest } = await ask(bare, 'any', { exec: { pod: 'web-0', container: 'side' } })
  const { status } = await storedRequest(bare, 'any')
  await applied('bob', grantFile(bare, 'any', { digest }))
  await readyRequest(bare, 'any')

  const sessions = [['id'], ['sh', '-c', 'echo uid=0']].map((command) =>
    exec('alice', bare, { container: 'side', command }),
  )

  expect(status?.message).toContain('for ANY command')
  expect(await Promise.all(sessions)).toMatchObject([letIn, letIn])
})

testOnNode('a request that bob denies gives nothing, and alice reads why', async () => {
  await ask(standing, 'denied', { exec: { pod: 'web-1' } })

  await applied('bob', grantFile(standing, 'denied', { verdict: 'Denied', message: 'use the dashboard' }))

  expect(await ended(standing, 'denied', 'Denied')).toBe('bob denied it: use the dashboard')
  expect(await deniedExec('alice', standing, { pod: 'web-1' })).toMatch(/\((E_ENDED|E_NO_PASS)\)/)
})
