import { beforeAll, describe, expect, test } from '@jest/globals'
import type { AccessGrant } from '../../src/api/kinds/access-grant.ts'
import { accessNamespace, applied, ask, asked, ended, requestFile, storedRequest } from '../fixtures/access.ts'
import { certificateLogin } from '../fixtures/certificate-login.ts'
import { challengedIn, sre } from '../fixtures/challenges.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, kubectlOk } from '../fixtures/kubectl.ts'
import { mightyPod } from '../fixtures/mighty-pod.ts'
import { environmentWithPlugin } from '../fixtures/plugin.ts'
import { powerfulServiceAccount } from '../fixtures/service-account.ts'
import { shellIn, type Environment, type Shell } from '../fixtures/shell.ts'
import { enterKey, startTerminal, testInTerminal, type Terminal } from '../fixtures/terminal.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { runningPod } from '../fixtures/workload.ts'

const namespace = 'reviewed'
const testOnNode = testWithNode()
const testAtTerminal = testInTerminal(testOnNode)
const downKey = '\u001b[B'
const { offer, ask: askUnder } = challengedIn(namespace)

let environment: Environment
let shell: Shell

gatedNamespace(namespace, async () => {
  environment = await environmentWithPlugin()
  shell = shellIn(environment)
  if (testOnNode === test) await Promise.all([runningPod(namespace, 'web-0'), mightyPod(namespace, 'mighty')])
})
beforeAll(async () => {
  await offer('two', [{ peerReview: { count: 2, reviewers: [sre] } }])
})

const access = (user: 'alice' | 'bob' | 'carol', line: string) => shell(user, `kubectl access ${line} -n ${namespace}`)

const atTerminal = (user: 'alice' | 'bob' | 'carol', line: string): Terminal =>
  startTerminal(`kubectl access ${line} -n ${namespace}`, environment(user))

async function grantsOf(name: string): Promise<readonly AccessGrant[]> {
  const selector = `--field-selector=spec.requestRef.name=${name}`
  const { items } = JSON.parse(await admin(['get', 'agrant', '-n', namespace, selector, '-o', 'json'])) as {
    items: readonly AccessGrant[]
  }
  return items
}

const undoIn = (text: string): string => /^Undo: (.*)$/m.exec(text)?.[1] ?? 'false'

const approveIn = (text: string): string => /^kubectl access approve .*$/m.exec(text)?.[0] ?? 'false'

describe('approve', () => {
  testOnNode('shows what runs and what the pod can do, and without a terminal approves nothing', async () => {
    const { digest } = await ask(namespace, 'shown', {
      duration: '30m',
      reason: 'ok\u001b[1A',
      exec: { pod: 'mighty', container: 'app' },
    })

    const { code, stdout, stderr } = await access('bob', 'approve shown')

    expect(code).toBe(1)
    for (const line of [
      /^ {2}who: +alice$/m,
      /^ {2}groups: +dev, system:authenticated$/m,
      /^ {2}command: +ANY COMMAND$/m,
      /^ {2}reason: +ok\\u001b\[1A$/m,
      /^ {2}duration: +30m, until about (\w+ [\d-]+ )?\d\d:\d\d$/m,
      /^ {2}awaits: +1 approver$/m,
      /^Powers of this pod:$/m,
      /^ {2}workload: +none: no controller makes this pod again$/m,
      /^ {2}account: +service account reviewed\/mighty$/m,
      // bob may neither list bindings nor ask what others may do.
      /^ {2}may: +you may not see what it may do: /m,
      /^ {2}token: +a token of service account mighty is mounted at \/var\/run\/secrets/m,
      /^ {2}secrets: +db in its environment$/m,
      /^ {2}danger: +HOST PATH \/tmp at \/node-tmp, WRITABLE$/m,
      /^ {2}danger: +container\.securityContext\.capabilities\.add adds NET_RAW$/m,
    ])
      expect(stdout).toMatch(line)
    expect(stderr).toBe(
      'Not approved yet. If you agree with all of the above, run:\n' +
        `kubectl access approve shown -n ${namespace} --digest ${digest}\n`,
    )
    expect(await grantsOf('shown')).toEqual([])
    // Somebody who may list bindings sees what the account may do.
    const seen = await shell('admin', `kubectl access approve shown -n ${namespace} || true`)
    expect(seen.stdout).toMatch(/^ {2}may: +ClusterRole cluster-admin in all namespaces: EVERYTHING$/m)
  })

  testOnNode('what was printed approves it, tells until when, and prints what undoes it', async () => {
    await ask(namespace, 'printed', { duration: '30m' })
    const shown = await access('bob', `approve printed --for 10m -m 'be quick'`)

    const approved = await shell('bob', approveIn(shown.stderr))
    const again = await access('carol', 'approve printed --yes')

    expect(shown.stderr).toMatch(/ --digest [0-9a-f]{12} --for 10m --message 'be quick'\n$/)
    expect(approved).toMatchObject({ code: 0, stderr: '' })
    expect(approved.stdout).toContain('10m, shortened from 30m, until about ')
    expect(approved.stdout).toMatch(
      /^Approved printed for 10m, until (\w+ [\d-]+ )?\d\d:\d\d\. Nobody else is needed\.$/m,
    )
    expect((await grantsOf('printed'))[0]?.spec).toMatchObject({ message: 'be quick', duration: '10m' })
    // The second approval would change nothing.
    expect(again.stderr).toMatch(/^Request printed is active already, until .*\. Nothing is left to approve\.\n$/)
    expect(again.code).toBe(1)
    expect(await grantsOf('printed')).toHaveLength(1)
    expect(await shell('bob', undoIn(approved.stdout))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('A session that is open already runs until its command exits.\n'),
    })
    await ended(namespace, 'printed', 'Revoked')
    expect((await access('carol', 'approve printed --yes')).stderr).toMatch(
      /^Nothing is left to approve: request printed has ended \(Revoked\): bob revoked it/,
    )
  })

  testOnNode('by two: each is told who is still needed, and nobody counts twice', async () => {
    await askUnder('two')
    await asked(namespace, 'two')

    const undone = await access('bob', 'approve two --yes')
    expect(await shell('bob', undoIn(undone.stdout))).toMatchObject({ code: 0 })
    await until(
      'two are needed again',
      async () => (await storedRequest(namespace, 'two')).status?.awaits === '2 of sre',
    )
    const first = await access('bob', `grant two --yes -m 'ok for me'`)
    const twice = await access('bob', 'approve two --yes')
    const second = await access('carol', 'approve two --yes')

    expect(first.stdout).toMatch(/^ {2}needs: +approval by 2 of group sre$/m)
    expect(first.stdout).toMatch(/^You approved two\. It is not active yet, and still needs 1 of sre\.$/m)
    expect(first.stdout).toMatch(/^Undo: kubectl delete agrant two-[a-z0-9]{5} -n reviewed$/m)
    expect(twice).toMatchObject({ code: 1, stderr: 'You have approved it already. Still missing: 1 of sre.\n' })
    expect(second.stdout).toMatch(/^ {2}approved: +by bob \("ok for me"\)$/m)
    expect(second.stdout).toMatch(/^Approved two for 30m, until .* Nobody else is needed\.$/m)
  })

  testOnNode('is not for its requestor, nor for who may not, nor for a service account', async () => {
    await ask(namespace, 'own')
    const robot = await powerfulServiceAccount(namespace, 'robot')
    const line = `kubectl access approve own -n ${namespace} --yes`

    expect((await access('alice', 'approve own --yes')).stderr).toBe(
      `You (alice) may not decide requests in namespace ${namespace}: that takes the ClusterRole sallyport-approver there.\n`,
    )
    expect((await shell(robot, line)).stderr).toContain('(E_GRANT_SERVICE_ACCOUNT)')
    expect(await grantsOf('own')).toEqual([])
  })

  testOnNode('only shortens', async () => {
    await ask(namespace, 'short', { duration: '10m' })

    expect(await access('bob', 'approve short --yes --for 1h')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'An approval may only shorten: the request asks for 10m, and 1h is longer. Give less, or leave --for out.\n',
    })
  })

  testOnNode('with the digest of something else is refused, and says what the digest is', async () => {
    const { digest } = await ask(namespace, 'swapped')

    const { code, stderr } = await access('bob', 'approve swapped --digest 000000000000')

    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        `swapped changed since you looked (its digest is ${digest} now). Nothing was approved. ` +
        `Look again: kubectl access approve swapped -n ${namespace}\n`,
    })
  })
})

describe('at a terminal', () => {
  testAtTerminal('approve asks, in red where it matters, and no is no', async () => {
    await ask(namespace, 'asked', { exec: { pod: 'web-0', container: 'app' } })
    await using no = atTerminal('bob', 'approve asked')
    await no.shows(/Approve\? \[y\/N\]/)
    no.type(enterKey)
    expect(await no.ended()).toBe(1)
    expect(no.screen()).toContain('Nothing was approved.')
    expect(no.raw()).toMatch(/\u001b\[31m[^\n]*ANY COMMAND/)
    expect(await grantsOf('asked')).toEqual([])

    await using yes = startTerminal(`NO_COLOR=1 kubectl access approve asked -n ${namespace}`, environment('bob'))
    await yes.shows(/Approve\? \[y\/N\]/)
    yes.type('y')
    expect(await yes.ended()).toBe(0)
    expect(yes.screen()).toMatch(/Approved asked for 1h, until .*\. Nobody else is needed\./)
    expect(yes.raw()).not.toMatch(/\u001b\[31m/)
    expect(yes.screen()).toContain('ANY COMMAND')
  })

  testAtTerminal('a request that changes between the look and the answer is refused', async () => {
    await ask(namespace, 'changing')
    await using looking = atTerminal('bob', 'approve changing')
    await looking.shows(/Approve\? \[y\/N\]/)
    // The same name stands for another command now.
    await kubectlOk('alice', ['delete', 'areq', 'changing', '-n', namespace, '--timeout=50s'])
    await applied(
      'alice',
      requestFile(namespace, 'changing', { exec: { pod: 'web-0', container: 'app', command: ['rm', '-rf', '/'] } }),
    )
    const { digest } = await asked(namespace, 'changing')

    looking.type('y')

    expect(await looking.ended()).toBe(1)
    await looking.shows(
      new RegExp(`changing changed since you looked \\(its digest is ${digest} now\\)\\. Nothing was approved\\.`),
    )
    expect(await grantsOf('changing')).toEqual([])
    expect((await storedRequest(namespace, 'changing')).status?.phase).toBe('Pending')
  })

  testAtTerminal('deny asks why', async () => {
    await ask(namespace, 'unwanted')
    await using denying = atTerminal('bob', 'deny unwanted')
    await denying.shows(/Why not\?/)
    denying.type(`use the dashboard${enterKey}`)

    expect(await denying.ended()).toBe(0)
    expect(await ended(namespace, 'unwanted', 'Denied')).toBe('bob denied it: use the dashboard')
  })
})

describe('review', () => {
  const reviews = 'reviewed-queue'
  const line = `kubectl access review -n ${reviews}`
  const request = (name: string) => requestFile(reviews, name)

  beforeAll(async () => {
    if (testOnNode !== test) return
    await accessNamespace(reviews)
    await runningPod(reviews, 'web-0')
  })

  testOnNode('says that nothing waits, and where it could not look', async () => {
    expect(await shell('bob', line)).toEqual({
      code: 0,
      stdout: `No request waits for you in namespace ${reviews}.\n`,
      stderr: '',
    })
    expect(await shell('bob', `${line} -A`)).toMatchObject({
      code: 0,
      stderr: `You may not list requests in all namespaces. These are those of namespace ${reviews}.\n`,
    })
  })

  testAtTerminal('shows the oldest first, and goes on until none is left', async () => {
    for (const name of ['first', 'second', 'third']) {
      await applied('alice', request(name))
      await asked(reviews, name)
    }
    const unattended = await shell('bob', line)
    expect(unattended).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/request: +first in namespace/),
      stderr: expect.stringContaining(
        `and 2 more wait for you. Decide on this one with:\nkubectl access approve first -n ${reviews}\n`,
      ),
    })
    // Her own requests do not wait for her.
    expect((await shell('alice', line)).stdout).toBe(`No request waits for you in namespace ${reviews}.\n`)

    await using reviewing = startTerminal(line, environment('bob'))
    await reviewing.shows(/first: what do you do\? \(2 more\)/)
    reviewing.type(downKey + enterKey)
    await reviewing.shows(/Approved first for 1h/)
    await reviewing.shows(/second: what do you do\? \(1 more\)/)
    reviewing.type(downKey + downKey + enterKey)
    await reviewing.shows(/Why not\?/)
    reviewing.type(`not now${enterKey}`)
    await reviewing.shows(/third: what do you do\?/)
    reviewing.type(enterKey)

    expect(await reviewing.ended()).toBe(0)
    await reviewing.shows(/No other request waits for you\./)
    await ended(reviews, 'second', 'Denied')
    expect((await storedRequest(reviews, 'third')).status?.phase).toBe('Pending')
    await admin(['delete', 'namespace', reviews, '--wait=false'])
  })
})

describe('revoke', () => {
  testOnNode('one request, once', async () => {
    await ask(namespace, 'over')

    expect(await access('alice', `revoke over -m 'found it'`)).toEqual({
      code: 0,
      stdout: 'Request over of alice is revoked.\n',
      stderr: '',
    })
    await ended(namespace, 'over', 'Revoked')
    expect((await storedRequest(namespace, 'over')).spec.revoked).toMatchObject({
      by: { username: 'alice' },
      message: 'found it',
    })
    expect(await access('bob', 'revoke over')).toMatchObject({
      code: 1,
      stderr: 'Request over has already ended (Revoked).\n',
    })
  })

  testAtTerminal('all of a user, whatever the name is', async () => {
    const user = 'Al@ice:/#,=\\x'
    const login = await certificateLogin(user, 'dev')
    for (const name of ['all-1', 'all-2']) {
      await applied(login, requestFile(namespace, name))
      await asked(namespace, name)
    }
    const line = `revoke --all-of '${user}'`
    await using declined = atTerminal('bob', line)
    await declined.shows(/Revoke all 2 of/)
    declined.type('n')
    expect(await declined.ended()).toBe(1)

    const revoked = await access('bob', line)

    expect(revoked).toMatchObject({ code: 0, stderr: '' })
    expect(revoked.stdout).toMatch(/^NAMESPACE +NAME +WHAT +PHASE\nreviewed +all-1 +exec web-0\/app: id +Pending\n/)
    expect(revoked.stdout).toContain('2 of 2 revoked. No new session can be opened.')
    for (const name of ['all-1', 'all-2']) await ended(namespace, name, 'Revoked')
    expect((await access('bob', line)).stdout).toContain(
      `has no access and no pending request in namespace ${namespace}.`,
    )
  })
})

testOnNode('extend asks for the same again, and names what it extends', async () => {
  await ask(namespace, 'longer', { duration: '10m' })

  const extended = await access('alice', `extend longer --for 1h --reason 'not done yet'`)
  const name = /^Request (\S+) was made\.$/m.exec(extended.stdout)?.[1] ?? ''
  const shown = await access('bob', `approve ${name}`)

  expect(extended).toMatchObject({ code: 0 })
  expect((await storedRequest(namespace, name)).spec).toMatchObject({
    duration: '1h',
    reason: 'not done yet',
    exec: { pod: 'web-0', container: 'app', command: ['id'] },
  })
  expect(shown.stdout).toMatch(/^ {2}extends: +longer, as its requestor says$/m)
  expect(await access('bob', 'extend longer')).toMatchObject({
    code: 1,
    stderr: "Request longer is alice's, and you are bob: only its requestor can extend it.\n",
  })
})

describe('what cannot be is told in one sentence', () => {
  test('of a request that is not there', async () => {
    for (const line of ['approve none --yes', 'deny none', 'revoke none', 'extend none']) {
      expect(await access('bob', line)).toEqual({
        code: 1,
        stdout: '',
        stderr:
          `Request none was not found in namespace ${namespace}. ` +
          `To see those that are there: kubectl access list --all -n ${namespace}\n`,
      })
    }
  })

  test('of a name that is none', async () => {
    const lines = { approve: 'Look', deny: 'al@ice', revoke: 'a:b', extend: 'a/b#c' }
    for (const [verb, name] of Object.entries(lines)) {
      const { code, stderr } = await access('bob', `${verb} '${name}'`)
      expect(code).toBe(2)
      expect(stderr).toContain(`"${name}" is not a name.`)
    }
  })

  test('of a namespace of others', async () => {
    for (const line of ['approve none', 'deny none', 'revoke none', 'revoke --all-of alice', 'review', 'extend none']) {
      const { code, stdout, stderr } = await shell('bob', `kubectl access ${line} -n kube-system`)
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(
        /^accessrequests\.access\.sallyport\.dev .*is forbidden: User "bob" cannot (get|list) .*\n$/,
      )
    }
  })
})
