import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import {
  applied,
  asked,
  binding,
  deniedExec,
  ended,
  grantFile,
  readyRequest,
  refused,
  refusedApply,
  storedRequest,
} from '../fixtures/access.ts'
import { gatedPod } from '../fixtures/gated-namespace.ts'
import { admin, apply, kubectl, kubectlRefused } from '../fixtures/kubectl.ts'
import { shellWithPlugin } from '../fixtures/plugin.ts'
import type { Shell } from '../fixtures/shell.ts'
import { taskRequest, taskTemplate, testWithTools } from '../fixtures/tasks.ts'
import { until } from '../fixtures/until.ts'
import { idleContainer, runningPod } from '../fixtures/workload.ts'

// A pod is unprivileged, and what it needs of privilege is done for it.
const namespace = 'tasks'
const testWithTask = testWithTools()

let shell: Shell
gatedPod(namespace)
beforeAll(async () => {
  shell = await shellWithPlugin()
  await apply(binding(namespace, 'edit', 'dev'))
  await applied('admin', taskTemplate(namespace, 'say', say))
})

const word = { name: 'word', pattern: '[a-z]+' }
const say = { command: ['echo', '<word>'], parameters: [word] }
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const containerOf = async (name: string): Promise<string> =>
  `task-${(await storedRequest(namespace, name)).metadata.uid}`
const containersOf = async (): Promise<readonly string[]> =>
  (await admin(['get', 'pod', 'web-0', '-n', namespace, '-o', 'jsonpath={.spec.ephemeralContainers[*].name}']))
    .split(' ')
    .filter(Boolean)

describe('a template with a fault is refused, with the field', () => {
  const pinned = `tools.example/it@sha256:${'a'.repeat(64)}`
  test.each<[string, object, string]>([
    ['no digest', { image: 'tools:1' }, 'spec.access.task.image'],
    [
      'a parameter that stands nowhere',
      { command: ['id'] },
      'spec.access.task.parameters[0] is used by no command: none has the word <word>',
    ],
    [
      'a word like a parameter',
      { image: pinned, command: ['echo', '<word>', '<wrd>'] },
      'spec.access.task.command[2] is <wrd>, but no hole has that name',
    ],
    [
      'a parameter twice',
      { image: pinned, command: ['echo', '<word>', '<word>'] },
      'spec.access.task.command has <word> twice',
    ],
  ])('%s', async (_title, task, text) => {
    expect(await refusedApply('admin', taskTemplate(namespace, 'bad', { ...say, ...task }))).toContain(text)
  })

  test('a capability or user 0, by an author who may not give it', async () => {
    const mighty = taskTemplate(namespace, 'mighty', { ...say, capabilities: ['SYS_ADMIN'], runAsUser: 0 })
    await apply(binding(namespace, 'sallyport-template-author', 'bob'), binding(namespace, 'edit', 'bob'))

    expect(await refusedApply('bob', mighty)).toMatch(/may not|forbidden/)
  })
})

describe('a value that a parameter does not take is refused, with the parameter', () => {
  test.each<[string, string]>([
    ['; rm -rf /', 'parameter word must match [a-z]+ as a whole (E_TEMPLATE_BEYOND)'],
    ['$(id)', 'parameter word must match [a-z]+ as a whole'],
    ['../../etc', 'parameter word must match [a-z]+ as a whole'],
    ['', 'parameter word must match [a-z]+ as a whole'],
    ['a\u0000b', 'parameter word may hold only characters that can be seen, and no line break'],
    ['a\nb', 'parameter word may hold only characters that can be seen, and no line break'],
    ['x'.repeat(513), 'spec.task.parameters.word: Too long'],
  ])('%j', async (value, text) => {
    expect(await refusedApply('alice', taskRequest(namespace, 'refused', { word: value }, 'say'))).toContain(text)
  })

  test('ten megabytes', async () => {
    const request = taskRequest(namespace, 'refused', { word: 'x'.repeat(10_000_000) }, 'say')

    expect(await refusedApply('alice', request)).toMatch(/too large|limit is/i)
  })

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['none', {}, 'parameter word is missing'],
    ['another', { word: 'a', other: 'b' }, 'it has no parameter other; it has word'],
    ['a name of JavaScript', { word: 'a', constructor: 'b' }, 'it has no parameter constructor; it has word'],
  ])('%s', async (_title, values, text) => {
    expect(await refusedApply('alice', taskRequest(namespace, 'refused', values, 'say'))).toContain(text)
  })
})

testWithTask('a task runs once, its result is told, and nobody enters its container', async () => {
  await applied('alice', taskRequest(namespace, 'say', { word: 'hello' }))
  const { status } = await ended(namespace, 'say', 'Completed').then(() => storedRequest(namespace, 'say'))
  const container = await containerOf('say')

  expect(status?.summary).toBe('task web-0/app: echo hello')
  expect(status?.task).toEqual({
    container,
    exitCode: 0,
    finishedAt: expect.stringMatching(/^\d{4}-\S+Z$/),
    output: 'hello\n',
    outputBytes: 6,
    outputSHA256: sha256('hello\n'),
  })
  expect(status?.message).toBe(
    `its task ended with exit code 0; its output has 6 bytes and SHA-256 ${sha256('hello\n')}`,
  )
  expect(await containersOf()).toEqual([container])
})

testWithTask('a word that Kubernetes would expand runs as it was approved', async () => {
  const value = '$(KUBERNETES_SERVICE_HOST) $$(KUBERNETES_SERVICE_HOST) $$ $PATH $'
  await applied('admin', taskTemplate(namespace, 'dollars', { ...say, parameters: [{ name: 'word', pattern: '.+' }] }))
  await applied('alice', taskRequest(namespace, 'dollars', { word: value }))
  await ended(namespace, 'dollars', 'Completed')

  expect((await storedRequest(namespace, 'dollars')).status?.task?.output).toBe(`${value}\n`)
})

testWithTask('an exit code that is not 0 fails the request, with the output', async () => {
  await applied('admin', taskTemplate(namespace, 'fails', { command: ['sh', '-c', 'echo oops; exit 7'] }))
  await applied('alice', taskRequest(namespace, 'fails'))

  expect(await ended(namespace, 'fails', 'Failed')).toMatch(/^its task ended with exit code 7; its output has 5 bytes/)
  expect((await storedRequest(namespace, 'fails')).status?.task).toMatchObject({ exitCode: 7, output: 'oops\n' })
})

testWithTask('a task that runs too long is ended at its deadline', async () => {
  await applied('admin', taskTemplate(namespace, 'long', { command: ['sleep', '600'], deadline: '2s' }))
  await applied('alice', taskRequest(namespace, 'long'))

  expect(await ended(namespace, 'long', 'Failed')).toMatch(/^its task ended with exit code (124|137|143)/)
})

testWithTask('a task that runs when it is revoked goes on until its deadline', async () => {
  const command = ['sh', '-c', 'trap "" TERM; sleep 600']
  await applied('admin', taskTemplate(namespace, 'revoked', { command, deadline: '6s' }))
  await applied('alice', taskRequest(namespace, 'revoked'))
  await readyRequest(namespace, 'revoked')
  const name = await containerOf('revoked')
  const stateOf = (state: string) =>
    admin([
      ...['get', 'pod', 'web-0', '-n', namespace, '-o'],
      `jsonpath={.status.ephemeralContainerStatuses[?(@.name=="${name}")].state.${state}}`,
    ])

  await admin(['patch', 'areq', 'revoked', '-n', namespace, '--type=merge', '-p', '{"spec":{"revoked":{}}}'])
  await ended(namespace, 'revoked', 'Revoked')

  expect(await stateOf('running')).not.toBe('')
  // It ignores the first signal, so it is killed five seconds later.
  expect(await until('it has ended', () => stateOf('terminated.exitCode'))).toBe('137')
})

testWithTask('a pod with the processes of its node has no task', async () => {
  const spec = { hostPID: true, terminationGracePeriodSeconds: 0, containers: [idleContainer('app')] }
  await apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'of-node', namespace }, spec })
  await admin(['wait', '--for=condition=Ready', '-n', namespace, 'pod/of-node', '--timeout=60s'])
  const target = { kind: 'Pod', name: 'of-node' }
  await applied('admin', taskTemplate(namespace, 'of-node', { ...say, target }))
  await applied('alice', taskRequest(namespace, 'of-node', { word: 'hello' }))

  expect(await ended(namespace, 'of-node', 'Failed')).toContain(
    'pod of-node has hostPID: a task there would have its privilege over the node',
  )
})

testWithTask('while a task runs: its output is read, and no other container, name or command is let in', async () => {
  const command = ['sh', '-c', 'echo begun; sleep 20']
  await applied('admin', taskTemplate(namespace, 'runs', { command, capabilities: ['NET_RAW'], runAsUser: 0 }))
  await applied('alice', taskRequest(namespace, 'runs'))
  const { status } = await readyRequest(namespace, 'runs')
  const container = await containerOf('runs')

  expect(status?.accessMessage).toBe(`kubectl logs web-0 -n ${namespace} -c ${container}`)
  expect((await kubectl('alice', ['logs', 'web-0', '-n', namespace, '-c', container])).stdout).toBe('begun\n')
  expect(await deniedExec('alice', namespace)).toMatch(/forbidden|has no access/)
  const attach = ['attach', 'web-0', '-n', namespace, '-c', container]
  expect(await kubectlRefused('alice', attach)).toMatch(/forbidden|E_NOT_LISTED/)
  const debug = ['debug', 'web-0', '-n', namespace, '--image=busybox', '-c', 'hers', '--', 'id']
  expect(await kubectlRefused('alice', debug)).toMatch(/forbidden|E_NOT_LISTED/)
  await admin(['delete', 'areq', 'runs', '-n', namespace])
})

testWithTask('the plugin asks, shows the output, and ends with the exit code of the task', async () => {
  const alice = (line: string) => shell('alice', `kubectl access ${line} -n ${namespace}`)

  const { code, stdout, stderr } = await alice('task say web-0 --param word=hello --reason OPS-42')
  expect([code, stdout]).toEqual([0, 'hello\n'])
  expect(stderr).toMatch(/has ended \(Completed\): its task ended with exit code 0/)
  expect((await alice('task fails --reason OPS-42')).code).toBe(7)
  expect((await alice('task say --param word=X --reason OPS-42')).stderr).toContain('parameter word must match')
  expect((await alice('templates')).stdout).toContain('command echo <word>')
  const request = await alice('request task --template say --param word=hello --reason OPS-42')
  expect([request.code, request.stdout]).toEqual([0, expect.stringContaining('It is ready:')])
})

testWithTask('the plugin asks for the values that are missing', async () => {
  const line = `printf '%s\\n' OPS-42 hello | kubectl access task say -n ${namespace}`

  expect(await shell('alice', line)).toMatchObject({ code: 0, stdout: expect.stringContaining('hello\n') })
})

testWithTask('an approver sees the whole command with its values, and its privilege', async () => {
  const reviewed = { challenges: [{ peerReview: { count: 1, reviewers: [{ kind: 'Group', name: 'sre' }] } }] }
  const mighty = { ...say, capabilities: ['NET_RAW'], runAsUser: 0 }
  await applied('admin', taskTemplate(namespace, 'reviewed', mighty, reviewed))
  await applied('alice', taskRequest(namespace, 'reviewed', { word: 'hello' }))
  const { digest } = await asked(namespace, 'reviewed')

  const shown = await shell('bob', `kubectl access describe reviewed -n ${namespace}`)
  expect(shown.stdout).toMatch(/command: +echo hello\n/)
  expect(shown.stdout).toMatch(/privilege: +CAPABILITIES NET_RAW, user 0\n/)
  await applied('bob', grantFile(namespace, 'reviewed', { digest }))
  expect(await ended(namespace, 'reviewed', 'Completed')).toContain('exit code 0')
})

describe('PodSecurity', () => {
  const enforce = 'pod-security.kubernetes.io/enforce'
  afterEach(() => admin(['label', 'namespace', namespace, `${enforce}-`]))

  testWithTask.each(['NET_ADMIN', 'NET_RAW', 'SYS_PTRACE'])(
    'refuses a task with %s at the level baseline, which is told in its words, and the task runs once it is allowed',
    async (capability) => {
      const name = capability.toLowerCase().replace('_', '-')
      await admin(['label', 'namespace', namespace, `${enforce}=baseline`])
      await applied('admin', taskTemplate(namespace, name, { ...say, capabilities: [capability] }))
      await applied('alice', taskRequest(namespace, name, { word: 'hello' }))

      const { message } = (await refused(namespace, name)).status ?? {}
      expect(message).toMatch(
        /^the API server refused its task, and Sallyport tries again: .*violates PodSecurity "baseline/,
      )
      await admin(['label', 'namespace', namespace, `${enforce}-`])
      expect(await ended(namespace, name, 'Completed')).toContain('exit code 0')
    },
  )

  testWithTask('lets a task without capabilities run at the level baseline, in a pod that had no other', async () => {
    await runningPod(namespace, 'plain')
    await admin(['label', 'namespace', namespace, `${enforce}=baseline`])
    for (const pod of ['plain', 'web-0']) {
      const target = { kind: 'Pod', name: pod }
      await applied('admin', taskTemplate(namespace, `root-${pod}`, { ...say, target, runAsUser: 0 }))
      await applied('alice', taskRequest(namespace, `root-${pod}`, { word: 'hello' }))
    }

    expect(await ended(namespace, 'root-plain', 'Completed')).toContain('exit code 0')
    // Tasks with capabilities have run in it above.
    const { message } = (await refused(namespace, 'root-web-0')).status ?? {}
    expect(message).toMatch(/violates PodSecurity "baseline.*NET_ADMIN/)
    await admin(['delete', 'areq', 'root-web-0', '-n', namespace])
  })

  testWithTask('lets a task run at the level restricted that has no user, in a pod that has one', async () => {
    await apply(restrictedPod())
    await admin(['wait', '--for=condition=Ready', '-n', namespace, 'pod/careful', '--timeout=60s'])
    const target = { kind: 'Pod', name: 'careful' }
    const environ = { target, command: ['head', '-c', '5', '/proc/1/environ'] }
    await applied('admin', taskTemplate(namespace, 'careful', environ))
    await applied('admin', taskTemplate(namespace, 'careless', { ...say, target, runAsUser: 0 }))
    await admin(['label', 'namespace', namespace, `${enforce}=restricted`])

    await applied('alice', taskRequest(namespace, 'careful'))
    expect(await ended(namespace, 'careful', 'Completed')).toContain('exit code 0')
    // It is a process of the same user, with as few capabilities.
    expect((await storedRequest(namespace, 'careful')).status?.task?.output).toBe('PATH=')
    await applied('alice', taskRequest(namespace, 'careless', { word: 'hello' }))
    expect((await refused(namespace, 'careless')).status?.message).toContain('violates PodSecurity "restricted')
    await admin(['delete', 'areq', 'careless', '-n', namespace])
  })
})

function restrictedPod(): object {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'careful', namespace },
    spec: {
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsUser: 1000, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ ...idleContainer('app'), securityContext }],
    },
  }
}
