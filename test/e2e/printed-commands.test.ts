import { beforeAll, expect, test } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { proseOfCode } from '../../scripts/english/prose.ts'
import type { AccessRequest } from '../../src/api/kinds/access-request.ts'
import {
  access,
  applied,
  ask,
  grantFile,
  refusedApply,
  requestFile,
  storedRequest,
  readyRequest,
} from '../fixtures/access.ts'
import { administrator } from '../fixtures/administrator.ts'
import { pages } from '../fixtures/documents.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { environmentWithPlugin } from '../fixtures/plugin.ts'
import { binderOf, readerOf, roleTemplate } from '../fixtures/roles.ts'
import type { Ended } from '../fixtures/run.ts'
import { startSession, type Session } from '../fixtures/session.ts'
import { shellIn, type Environment, type Shell } from '../fixtures/shell.ts'
import { templateFile } from '../fixtures/templates.ts'
import { enterKey, startTerminal, testInTerminal } from '../fixtures/terminal.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec, servingPod } from '../fixtures/workload.ts'

const namespace = 'printed'
const testOnNode = testWithNode()
const testTerminal = testInTerminal(testOnNode)
const reads = { kind: 'Role', name: 'reads' } as const
const image = testCluster().images.busybox

let environment: Environment
let shell: Shell
const denialHint = 'Ask in #ops, or see https://example.org/runbook.'
gatedNamespace(
  namespace,
  async () => {
    environment = await environmentWithPlugin()
    shell = shellIn(environment)
    await mayExec(namespace, 'alice')
    await apply(readerOf('secrets', reads.name, namespace), binderOf(`${namespace}-binder`, reads))
    if (testCluster().node.ready) await servingPod(namespace, 'web-0')
  },
  { denialHint },
)
beforeAll(async () => {
  const exec = { target: { kind: 'Pod', name: 'web-0' }, commands: [['id']], debug: { images: [image] } }
  await applied('admin', templateFile(namespace, 'debug', { access: { exec } }))
  await applied('admin', roleTemplate('on-call', namespace, { bindings: [{ roleRef: reads }] }))
})

type Person = 'alice' | 'bob' | 'admin'

// The heads of all commands that this suite has run as they were printed.
const ran = new Set<string>()

/** Runs each command that a text prints, as it is printed. The answers are what the user types at its questions. */
async function runPrinted(text: string, by: Person, answers = 'OPS-42\n'): Promise<readonly Ended[]> {
  const commands = [...text.matchAll(/kubectl [a-z].*$/gm)].map(([command]) => command)
  const ended: Ended[] = []
  for (const command of commands) {
    ran.add(headOf(command))
    // A port-forward and an attach go on until somebody ends them.
    const limited = /^kubectl (?:port-forward|attach)/.test(command) ? `timeout 5 ${command} || true` : command
    ended.push(await shell(by, `printf %s '${answers}' | ${limited}`))
  }
  return ended
}

/** Does the same, where each command must succeed, and there is at least one. */
async function allWork(text: string, by: Person, answers?: string): Promise<readonly Ended[]> {
  const ended = await runPrinted(text, by, answers)
  expect(ended.map(({ code, stderr }) => ({ code, stderr: code === 0 ? '' : stderr }))).toEqual(
    ended.map(() => ({ code: 0, stderr: '' })),
  )
  expect(ended).not.toEqual([])
  return ended
}

const headOf = (command: string): string =>
  /^kubectl (?:access [a-z-]+|auth [a-z-]+|[a-z-]+)/.exec(command)?.[0] ?? command

const tried = (line: string, by: Person = 'alice'): Promise<string> =>
  shell(by, line).then(({ code, stderr }) => {
    expect(code).not.toBe(0)
    return stderr
  })

// These ask, wait for the grant, and go in.
const isEntry = (line: string): boolean => /^kubectl access (?:exec|port-forward) /.test(line)
const linesOf = (text: string, which: (line: string) => boolean): string => text.split('\n').filter(which).join('\n')

/** Returns the one command of a text that lets somebody in. */
function entryIn(text: string): string {
  const entry = linesOf(text, isEntry)
  ran.add(headOf(entry))
  expect(entry.split('\n')).toEqual([expect.stringMatching(/./)])
  return entry
}

/** Runs that command. The reason is what its user types at the question. */
const startEntry = (text: string, by: Person, reason = 'OPS-42'): Session =>
  startSession(text, { file: 'sh', argv: ['-c', `exec ${entryIn(text)}`], env: environment(by) }, `${reason}\n`)

/** Resolves to the name of the request that the command has made, once it waits for an approver. */
async function waitsFor(inside: Session): Promise<string> {
  const match = await inside.says(/An approver can look at it:\nkubectl access approve (\S+) -n \S+\n/)
  return match?.[1] ?? `no request: ${inside.soFar().stderr}`
}

/** Runs that command up to the approver, and ends it by Ctrl-C. Returns the request, and takes it back as printed. */
async function leftAsPrinted(text: string): Promise<AccessRequest> {
  await using inside = startEntry(text, 'alice')
  const name = await waitsFor(inside)
  inside.signal('SIGINT')
  const { code, stdout, stderr } = await inside.ended()
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
  expect(stderr).toContain(`Request ${name} stays pending.\nGo on:     kubectl access wait ${name} -n ${namespace}\n`)
  const request = await storedRequest(namespace, name)
  expect(request.status?.phase).toBe('Pending')
  await allWork(
    linesOf(stderr, (line) => line.startsWith('Take back: ')),
    'alice',
  )
  return request
}

const requestIn = ({ stdout }: Ended): string => /^Request (\S+) was made\.$/m.exec(stdout)?.[1] ?? ''

/** Tries until the request is known to wait, and returns the denial. */
const pending = (line: string): Promise<string> =>
  until('the request waits', async () => {
    const denial = await tried(line)
    return denial.includes('(E_PENDING)') ? denial : undefined
  })

/** Lets bob run what the denial prints for an approver. Returns what alice is told to type, and what bob is. */
async function approvedAsPrinted(name: string, denial: string): Promise<{ message: string; toBob: string }> {
  const [look] = await runPrinted(denial, 'bob')
  expect(look).toMatchObject({ code: 1, stderr: expect.stringContaining('Not approved yet') })
  const [granted] = await allWork(look?.stderr ?? '', 'bob')
  const { status } = await readyRequest(namespace, name, 30)
  return { message: status?.accessMessage ?? '', toBob: granted?.stdout ?? '' }
}

testOnNode('the tour of the README, line by line', async () => {
  const [denied = noStep, entered = noStep] = tourOfReadme()

  const denial = (await tried(denied.command)).replace(`${denialHint}\n`, '')
  expect(afterClient(denial)).toBe(afterClient(denied.shown))
  expect(entryIn(denial)).toBe(entered.command)
  await using inside = startEntry(denial, 'alice', 'OPS-42 stuck queue')
  const name = await waitsFor(inside)
  const { toBob } = await approvedAsPrinted(name, inside.soFar().stderr)
  const { code, stdout, stderr } = await inside.ended()
  // Later denials are about requests that wait.
  await allWork(toBob, 'bob')

  expect(code).toBe(0)
  // A busy machine says more of what it waits for.
  const shown = linesOf(stderr, (line) => !line.startsWith('is ')) + stdout
  expect(withoutChance(shown)).toBe(withoutChance(entered.shown))
})

const noStep = { command: 'no command', shown: '' }

/** Returns the commands of the first block, and what each of them shows. */
function tourOfReadme(): readonly (typeof noStep)[] {
  const [readme] = pages
  const steps = readme?.blocks[0]?.text.replaceAll('shop', namespace).split(/^\$ /m).slice(1) ?? []
  return steps.map((step) => {
    const [command = '', ...lines] = step.split('\n')
    return { command, shown: lines.join('\n') }
  })
}

/** Leaves out how a version of kubectl begins. */
const afterClient = (text: string): string => text.slice(text.indexOf('admission webhook'))

const withoutChance = (text: string): string =>
  text.replaceAll(/exec-web-0-\w{5}/g, 'NAME').replaceAll(/until .*\d\d:\d\d\./g, 'until TIME.')

testTerminal('from denied to inside, by one command of alice and one of bob', async () => {
  const denial = await tried(`kubectl exec web-0 -n ${namespace} -c app -- sh -c 'cat /www/index.html; exit 7'`)
  expect(denial).toContain(`Ways in that are offered: kubectl access templates -n ${namespace}\n${denialHint}\n`)

  await using alice = startTerminal(entryIn(denial), environment('alice'))
  await alice.shows(/Why do you need access\?/)
  alice.type(`OPS-42 stuck queue${enterKey}`)
  const [, approve = ''] = await alice.shows(/An approver can look at it:\n(kubectl access approve .*)\n/)
  await using bob = startTerminal(approve, environment('bob'))
  await bob.shows(/OPS-42 stuck queue/)
  await bob.shows(/Approve\? \[y\/N\]/)
  bob.type('y')

  const [undo] = await bob.shows(/kubectl access revoke \S+ -n \S+/)
  expect(await bob.ended()).toBe(0)
  await alice.shows(/\ninside\n/)
  expect(await alice.ended()).toBe(7)
  await allWork(undo, 'bob')
})

testOnNode('from the denial of an exec to the inside and to its end, without a terminal', async () => {
  const exec = `kubectl exec web-0 -n ${namespace} -c app -- cat /www/index.html`
  const denial = await tried(exec)
  await allWork(
    linesOf(denial, (line) => !isEntry(line)),
    'alice',
  )
  await using inside = startEntry(denial, 'alice')
  const name = await waitsFor(inside)

  const { message, toBob } = await approvedAsPrinted(name, await pending(exec))

  expect(await inside.ended()).toMatchObject({ code: 0, stdout: 'inside\n' })
  expect(await allWork(message, 'alice')).toMatchObject([{ stdout: 'inside\n' }])
  // It is ended as bob was told, and the denial says so.
  await allWork(toBob, 'bob')
  const ended = await until('the end is told', async () => {
    const denial = await tried(exec)
    return denial.includes(`Request ${name} for pod ${namespace}/web-0 ended at `) ? denial : undefined
  })
  expect(ended).toContain('bob revoked it (E_ENDED). Ask, and go in:\n')
  await leftAsPrinted(ended)
})

testOnNode('from the denial of a port-forward, of an attach and of both proxies to the inside', async () => {
  const forward = `kubectl port-forward web-0 -n ${namespace} :8080`
  const [asked] = await allWork(await tried(forward), 'alice')
  const { message } = await approvedAsPrinted(asked ? requestIn(asked) : '', await pending(forward))
  expect(await allWork(message, 'alice')).toMatchObject([{ stdout: expect.stringContaining('Forwarding from') }])

  const attach = `kubectl attach web-0 -n ${namespace} -c app`
  const [askedToo] = await allWork(await tried(attach), 'alice')
  expect(askedToo?.stdout).toContain('Still missing: 1 approver.')

  const proxy = `kubectl get --raw /api/v1/namespaces/${namespace}/pods/web-0:8080/proxy/`
  const denial = await tried(proxy, 'admin')
  await using inside = startEntry(denial, 'admin')
  await approvedAsPrinted(await waitsFor(inside), inside.soFar().stderr)
  const [, port = ''] = (await inside.says(/Forwarding from 127\.0\.0\.1:(\d+) -> 8080/)) ?? []
  const answer = await fetch(`http://127.0.0.1:${port}/`)
  expect(await answer.text()).toBe('inside\n')
  // It passes this on to kubectl, which would outlive a SIGKILL.
  inside.signal('SIGTERM')
  await inside.ended()
})

testOnNode('from an access that gives less', async () => {
  await access(namespace, 'less', { exec: { pod: 'web-0', container: 'app', command: ['hostname'] } })
  const exec = `kubectl exec web-0 -n ${namespace} -c app -- hostname`

  await leftAsPrinted(await tried(`${exec} -f`))
  await allWork(await tried(exec.replace('exec', 'exec -i')), 'alice')
})

testOnNode('logs, once they were asked for', async () => {
  const { status } = await access(namespace, 'logs', { exec: { pod: 'web-0', subresources: ['log', 'attach'] } })

  const [logs] = await allWork(status?.accessMessage?.split('\n')[0] ?? '', 'alice')
  const [attached] = await runPrinted(status?.accessMessage?.split('\n')[1] ?? '', 'alice')

  expect(logs).toMatchObject({ code: 0 })
  expect(attached).toMatchObject({ code: 0 })
})

testOnNode('after the one use', async () => {
  await access(namespace, 'used', { once: true, exec: { pod: 'web-0', container: 'app', command: ['date'] } })
  const date = `kubectl exec web-0 -n ${namespace} -c app -- date`
  expect(await shell('alice', date)).toMatchObject({ code: 0 })
  // The same call is let in once more within 5 seconds.
  const used = await until('the use is over', async () => {
    const { code, stderr } = await shell('alice', date)
    return code === 0 ? undefined : stderr
  })
  expect((await leftAsPrinted(used)).spec.once).toBe(true)
})

testOnNode('of a debug container', async () => {
  const debug = `kubectl debug web-0 -n ${namespace} --image=${image} --target=app -- true`
  await allWork(await tried(debug, 'admin'), 'alice')
  const [asked] = await allWork(`kubectl access request exec --template debug --debug -n ${namespace} -- id`, 'alice')
  const name = asked ? requestIn(asked) : ''
  const message = await until('what to type', async () => (await storedRequest(namespace, name)).status?.accessMessage)

  for (const { stderr } of await runPrinted(message, 'alice', 'exit\n')) expect(stderr).not.toContain('Forbidden')
})

test('of approvers: without a digest, with another, too late, and for no request', async () => {
  const exec = { pod: 'web-0', container: 'app', command: ['uname'] }
  const name = 'digest'
  if (testCluster().node.ready) await ask(namespace, name, { exec })
  else await applied('alice', requestFile(namespace, name, { exec }))

  if (testCluster().node.ready) {
    await allWork(await refusedApply('bob', grantFile(namespace, name)), 'bob')
    await allWork(await refusedApply('bob', grantFile(namespace, name, { digest: 'a'.repeat(12) })), 'bob')
    await access(namespace, 'late', { exec })
    await allWork(
      await refusedApply('bob', grantFile(namespace, 'deny-late', { requestRef: { name: 'late' }, verdict: 'Denied' })),
      'bob',
    )
    expect((await storedRequest(namespace, 'late')).spec.revoked).toMatchObject({ message: 'why' })
  }
  await allWork(await refusedApply('bob', grantFile(namespace, 'none')), 'bob')
  await allWork(await tried(`kubectl access approve none -n ${namespace}`, 'bob'), 'bob')
})

test('of templates, and of the roles that one gives', async () => {
  const missing = { templateRef: { kind: 'AccessTemplate', name: 'none' } }
  const [templates] = await allWork(await refusedApply('alice', requestFile(namespace, 'none', missing)), 'alice')
  await admin(['wait', '--for=condition=Ready', 'atmpl/on-call', '-n', namespace, '--timeout=20s'])

  const [, asked] = await allWork(
    (templates?.stdout ?? '')
      .split('\n')
      .filter((line) => testCluster().node.ready || line.includes('role'))
      .join('\n'),
    'alice',
  )
  const name = asked ? requestIn(asked) : ''
  if (name.startsWith('role')) {
    const message = await until(
      'what to type',
      async () => (await storedRequest(namespace, name)).status?.accessMessage,
    )
    await allWork(message, 'alice')
  }
})

test('of an ended login, of completion, and of the pods of Sallyport', async () => {
  const printed = [
    'kubectl auth whoami',
    'kubectl completion --help',
    'kubectl options',
    'kubectl access completion',
    'kubectl describe pods -n sallyport-system -l app.kubernetes.io/name=sallyport',
  ]
  await allWork(printed.join('\n'), 'admin')
})

test('of the audit', async () => {
  await runPrinted('kubectl access audit verify --help', 'admin')
  expect(administrator().username).not.toBe('')
})

testOnNode('no other command is printed by any text of the product', () => {
  const texts = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/^(?:api|install)\//.test(path))
    .flatMap((path) => proseOfCode(path, readFileSync(join('src', path), 'utf8')).texts)
  const printed = new Set(
    texts.flatMap(({ text }) =>
      [...text.matchAll(/kubectl (?:access [a-z-]+|auth [a-z-]+|[a-z-]+)(?: |$)/g)].map(([head]) => head.trim()),
    ),
  )

  expect([...printed].filter((head) => !ran.has(head) && !mentions.has(head) && !ranElsewhere.has(head))).toEqual([])
})

/**
 * `install/rolling` runs the restart of the replicas as it is printed, and `cli-review` the command that takes back an
 * approval. `cli-enter` runs `shell` and `wait`, and `migrate` the commands of its report.
 */
const ranElsewhere = new Set([
  'kubectl -n',
  'kubectl delete',
  'kubectl access shell',
  'kubectl access wait',
  'kubectl access migrate',
  'kubectl apply',
  'kubectl create',
])

/** Texts name these programs. They do not tell anybody to type them. */
const mentions = new Set([
  'kubectl --as',
  'kubectl access',
  'kubectl asks',
  'kubectl cannot',
  'kubectl completes',
  'kubectl does',
  'kubectl exec',
  'kubectl in',
  'kubectl keeps',
  'kubectl renew',
  'kubectl run',
  'kubectl takes',
  'kubectl write',
  'kubectl no',
  'kubectl uses',
  'kubectl would',
  'kubectl has',
  'kubectl if',
  'kubectl as',
])
