import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { applied, asked, grantFile, readyRequest } from '../fixtures/access.ts'
import { certificateLogin } from '../fixtures/certificate-login.ts'
import { sre } from '../fixtures/challenges.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply, type KubectlUser } from '../fixtures/kubectl.ts'
import { listedNames, oddName } from '../fixtures/listed-names.ts'
import { shellWithPlugin } from '../fixtures/plugin.ts'
import { binderOf, readerOf, roleTemplate, type RoleRef } from '../fixtures/roles.ts'
import { serviceAccountLogin } from '../fixtures/service-account.ts'
import type { Shell } from '../fixtures/shell.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'looked-at'
const reads: RoleRef = { kind: 'Role', name: 'reads' }
const binder = `${namespace}-binder`

let shell: Shell
let oddUser: KubectlUser
let account: KubectlUser
const gate = gatedNamespace(namespace, async () => {
  shell = await shellWithPlugin()
  await apply(readerOf('secrets', reads.name, namespace), binderOf(binder, reads))
})
beforeAll(async () => {
  const roles = { bindings: [{ roleRef: reads }] }
  const challenges = [{ peerReview: { count: 1, reviewers: [sre] } }]
  await applied('admin', roleTemplate('on-call', namespace, roles))
  await applied('admin', roleTemplate('reviewed', namespace, roles, { challenges }))
  oddUser = await certificateLogin(oddName, 'dev')
  account = await serviceAccountLogin(namespace, 'default')
})
afterAll(() => admin(['delete', 'clusterrole', binder]))

const access = (user: KubectlUser, line: string) => shell(user, `kubectl access -n ${namespace} ${line}`)

/** Makes a request under the template that needs an approval. Resolves once it can be approved. */
async function askReviewed(user: KubectlUser, name: string): Promise<string> {
  const made = await access(user, `request role --template reviewed --reason OPS-42 --name ${name}`)
  if (made.code !== 0) throw new Error(made.stderr)
  return (await asked(namespace, name)).digest
}

describe('list', () => {
  test('shows who waits for what, to those who decide and to those who asked', async () => {
    const digest = await askReviewed('alice', 'listed')
    await askReviewed(oddUser, 'odd')

    const shown = await access('bob', 'list -o wide')
    const mine = await access(oddUser, 'list --mine -o name')

    expect(shown.stderr).toBe('')
    expect(shown.stdout).toMatch(/^NAME +WHO +WHAT +FOR +PHASE +AWAITS +AGE +REASON +DIGEST +EXPIRES$/m)
    expect(shown.stdout).toMatch(
      new RegExp(`^listed +alice +role.* 30m +Pending +1 of sre +\\d+m?s? +OPS-42 +${digest.slice(0, 12)} +-$`, 'm'),
    )
    expect(mine).toMatchObject({ code: 0, stdout: 'accessrequest.access.sallyport.dev/odd\n' })
    expect(listedNames((await access('bob', 'list --to-review -o json')).stdout)).toEqual(['listed', 'odd'])
    expect(listedNames((await access('bob', 'list -o yaml')).stdout)).toEqual(expect.arrayContaining(['listed', 'odd']))
    expect((await shell('admin', 'kubectl access list -A')).stdout).toMatch(new RegExp(`^${namespace} +listed `, 'm'))
  })

  test('an empty list says so on stderr, and is a list for programs', async () => {
    const nothing = await access('alice', 'list --to-review')
    const forPrograms = await access('carol', 'list --mine -o json')

    expect(nothing).toMatchObject({
      code: 0,
      stdout: '',
      stderr: `No request waits for you in namespace ${namespace}.\n`,
    })
    expect(parse(forPrograms.stdout)).toEqual({ apiVersion: 'v1', kind: 'List', items: [] })
    expect(forPrograms.stderr).toContain('You have no request')
  })

  test('somebody without rights is told which they lack', async () => {
    for (const line of ['list', 'list --to-review', 'history', 'describe listed', 'templates'])
      expect(await access(account, line)).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(
          /^access\w+\.access\.sallyport\.dev.* is forbidden: User "system:serviceaccount:/,
        ),
      })
    expect(await access(account, 'list -A')).toMatchObject({ code: 1, stdout: '' })
  })
})

describe('describe', () => {
  test('shows a request as approve does, who approved it and when, and what it extends', async () => {
    const digest = await askReviewed('alice', 'told')
    const before = await access('bob', 'describe told')
    await applied('bob', grantFile(namespace, 'told', { digest, message: 'ok for me' }))
    await readyRequest(namespace, 'told')
    const extended = await access('alice', 'extend told --reason more')

    const { code, stdout, stderr } = await access('alice', 'describe areq/told')
    const again = /^Request (\S+) was made/m.exec(extended.stdout)?.[1] ?? ''

    expect(before.stdout).toMatch(/^ {2}awaits: +1 of sre$/m)
    expect(before.stderr).toBe(`It waits for you. To decide: kubectl access approve told -n ${namespace}\n`)
    expect(code).toBe(0)
    for (const line of [
      /^ {2}who: +alice$/m,
      /^ {2}approved: +by bob \("ok for me"\)$/m,
      new RegExp(`^ {2}extended by: ?${again} \\(Pending\\)$`, 'm'),
      /^ {2}\S*.*\d\d:\d\d:\d\d {2}made by alice$/m,
      /\d\d:\d\d:\d\d {2}bob approves: "ok for me"$/m,
      / {2}ready to use$/m,
      / {2}ends$/m,
    ])
      expect(stdout).toMatch(line)
    expect(stderr).toBe('Not in the timeline: uses and other Events. You may not list Events in this namespace.\n')
    expect((await access('alice', `describe ${again}`)).stdout).toMatch(/^ {2}extends: +told, as its requestor says$/m)
    expect((await access('bob', 'describe told')).stderr).toBe('')
    for (const format of ['json', 'yaml'])
      expect(parse((await access('alice', `describe told -o ${format}`)).stdout)).toMatchObject({
        kind: 'AccessRequest',
        metadata: { name: 'told' },
        status: { phase: 'Active' },
      })
  })

  test('a wrong name is told', async () => {
    expect(await access('alice', 'describe nosuch')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`Request nosuch was not found in namespace ${namespace}.`),
    })
    for (const name of ['Told', "'al@ice:/#'", 'pod/web-0'])
      expect(await access('alice', `describe ${name}`)).toMatchObject({ code: 2, stdout: '' })
  })
})

test('history shows how requests ended, the newest first', async () => {
  await askReviewed(oddUser, 'taken-back')
  await access(oddUser, 'revoke taken-back')
  await until('it has ended', async () =>
    (await admin(['get', 'areq', 'taken-back', '-n', namespace, '-o', 'jsonpath={.status.phase}'])) === 'Revoked'
      ? true
      : undefined,
  )

  const shown = await access('alice', `history --of '${oddName}'`)

  expect(shown.code).toBe(0)
  expect(shown.stdout).toMatch(/^taken-back +Al@ice:\/#,=X .* Revoked by Al@ice:\/#,=X$/m)
  expect(shown.stdout).not.toContain(' alice ')
  expect(listedNames((await access('bob', `history --of '${oddName}' -o json`)).stdout)[0]).toBe('taken-back')
  expect(await access('alice', 'history --pod nosuch --since 1h')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringMatching(/^No request was found in namespace looked-at in the last 1h\./),
  })
  // It has ended, so only the whole list has it.
  expect(listedNames((await access('alice', 'list -o json')).stdout)).not.toContain('taken-back')
  expect(listedNames((await access('alice', 'list --all -o json')).stdout)).toContain('taken-back')
  expect(listedNames((await access(oddUser, 'list --mine -o json')).stdout)).toContain('taken-back')
})

describe('request', () => {
  const role = 'request role --template on-call --reason OPS-42'

  test('--dry-run makes nothing: the client prints the file, the server says what it would take', async () => {
    const file = await access('alice', `${role} --name dry --at 2027-01-02T03:04:05+01:00 --dry-run=client`)
    const tried = await access('alice', `${role} --name dry --dry-run=server`)
    const json = await access('alice', `${role} --name dry --dry-run=server -o json`)
    const refused = await access('alice', `${role} --duration 9h --dry-run=server`)
    const taken = await shell('alice', `printf '%s' '${file.stdout}' | kubectl create --dry-run=server -f - -o name`)

    expect(file).toMatchObject({ code: 0, stderr: '' })
    expect(parse(file.stdout)).toMatchObject({
      metadata: { name: 'dry', namespace },
      spec: { startAt: '2027-01-02T02:04:05.000000Z', reason: 'OPS-42' },
    })
    expect(taken.stdout).toBe('accessrequest.access.sallyport.dev/dry\n')
    expect(tried).toMatchObject({ code: 0, stderr: 'Dry run: the server would take this request. Nothing was made.\n' })
    expect(tried.stdout).toMatch(/^ {2}who: +alice$/m)
    expect(parse(json.stdout)).toMatchObject({ spec: { requestor: { username: 'alice' } } })
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('(E_TEMPLATE_BEYOND)') })
    expect((await access('alice', 'describe dry')).code).toBe(1)
  })

  test('-o prints what was made, and --at says when it begins, in which zone', async () => {
    const name = await access('alice', `${role} -o name`)
    const ready = await access('alice', `${role} --wait=20s -o yaml`)
    const later = await access('alice', `${role} --at +2h`)

    expect(name.stdout).toMatch(/^accessrequest\.access\.sallyport\.dev\/role-on-call-\w{5}\n$/)
    expect(name.stderr).toMatch(/^Request role-on-call-\w{5} was made\.\n$/)
    expect(parse(ready.stdout)).toMatchObject({ status: { phase: 'Active' } })
    expect(later).toMatchObject({ code: 0 })
    expect(later.stdout).toMatch(/^ {2}begins: +\S+Z \(.*\d\d:\d\d in \S+\)$/m)
  })
})

// It is the last: the gate may give up its Lease meanwhile.
test('while the gate is down one can still look', async () => {
  process.kill(gate().pid, 'SIGSTOP')
  try {
    expect(await access('alice', 'list')).toMatchObject({ code: 0, stdout: expect.stringContaining('listed') })
    expect((await access('alice', 'describe listed')).stdout).toMatch(/^Timeline:$/m)
    expect((await access('alice', 'history')).stdout).toContain('taken-back')
    expect((await access('alice', 'templates')).code).toBe(0)
    expect(await access('alice', 'request role --template on-call --reason r --dry-run=server')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The gate of Sallyport does not answer.'),
    })
  } finally {
    process.kill(gate().pid, 'SIGCONT')
  }
})
