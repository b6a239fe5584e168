import { beforeAll, expect, test } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { proseOfCode } from '../../scripts/english/prose.ts'
import { access, applied, ask, grantFile, refusedApply, requestFile, storedRequest } from '../fixtures/access.ts'
import { administrator } from '../fixtures/administrator.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { shellWithPlugin } from '../fixtures/plugin.ts'
import { binderOf, readerOf, roleTemplate } from '../fixtures/roles.ts'
import type { Ended } from '../fixtures/run.ts'
import type { Shell } from '../fixtures/shell.ts'
import { templateFile } from '../fixtures/templates.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec, servingPod } from '../fixtures/workload.ts'

const namespace = 'printed'
const testOnNode = testWithNode()
const reads = { kind: 'Role', name: 'reads' } as const
const image = testCluster().images.busybox

let shell: Shell
const denialHint = 'Ask in #ops, or see https://example.org/runbook.'
gatedNamespace(
  namespace,
  async () => {
    shell = await shellWithPlugin()
    await mayExec(namespace, 'alice')
    await apply(readerOf('secrets', reads.name, namespace), binderOf(`${namespace}-binder`, reads))
    if (testCluster().node.ready) await servingPod(namespace, 'web-0')
  },
  { denialHint },
)
beforeAll(async () => {
  const exec = { target: { kind: 'Pod', name: 'web-0' }, debug: { images: [image] } }
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
  /^kubectl (?:access [a-z]+|auth [a-z-]+|[a-z-]+)/.exec(command)?.[0] ?? command

const tried = (line: string, by: Person = 'alice'): Promise<string> =>
  shell(by, line).then(({ code, stderr }) => {
    expect(code).not.toBe(0)
    return stderr
  })

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
  await admin(['wait', '--for=condition=Ready', `areq/${name}`, '-n', namespace, '--timeout=30s'])
  return { message: (await storedRequest(namespace, name)).status?.accessMessage ?? '', toBob: granted?.stdout ?? '' }
}

testOnNode('from the denial of an exec to the inside', async () => {
  const exec = `kubectl exec web-0 -n ${namespace} -c app -- cat /www/index.html`
  const denial = await tried(exec)
  expect(denial).toContain(`Ways in that are offered: kubectl access templates -n ${namespace}\n${denialHint}\n`)
  const [asked] = await allWork(denial, 'alice')
  const name = asked ? requestIn(asked) : ''

  const { message, toBob } = await approvedAsPrinted(name, await pending(exec))

  expect(await allWork(message, 'alice')).toMatchObject([{ stdout: 'inside\n' }])
  // It is ended as bob was told, and the denial says so.
  await allWork(toBob, 'bob')
  const ended = await until('the end is told', async () => {
    const denial = await tried(exec)
    return denial.includes(`Request ${name} for pod ${namespace}/web-0 ended at `) ? denial : undefined
  })
  expect(ended).toContain('bob revoked it (E_ENDED). Ask for it:')
  await allWork(ended, 'alice')
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
  await allWork(await tried(proxy, 'admin'), 'admin')
})

testOnNode('from an access that gives less', async () => {
  await access(namespace, 'less', { exec: { pod: 'web-0', container: 'app', command: ['hostname'] } })
  const exec = `kubectl exec web-0 -n ${namespace} -c app -- hostname`

  await allWork(await tried(`${exec} -f`), 'alice')
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
  await allWork(used, 'alice')
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
      [...text.matchAll(/kubectl (?:access [a-z]+|auth [a-z-]+|[a-z-]+)(?: |$)/g)].map(([head]) => head.trim()),
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
