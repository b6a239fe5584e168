import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  applied,
  binding,
  deniedExec,
  ended,
  exec,
  refusedApply,
  requestFile,
  storedRequest,
  readyRequest,
} from '../fixtures/access.ts'
import { challengedIn, sre, withdraw } from '../fixtures/challenges.ts'
import { gatedPod } from '../fixtures/gated-namespace.ts'
import { startController, stopController } from '../fixtures/leadership.ts'
import { admin, apply, kubectlRefused } from '../fixtures/kubectl.ts'
import { serviceAccountLogin } from '../fixtures/service-account.ts'
import { templateFile } from '../fixtures/templates.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'challenges'
const testOnNode = testWithNode()
const minute = 60_000

const gate = gatedPod(namespace)
const { offer, ask, told, verdict, approve, ready } = challengedIn(namespace)

afterAll(async () => {
  // These are cluster-wide, as impersonation is, and the suites after this one share the cluster.
  await admin(['delete', 'clusterrole,clusterrolebinding', `${namespace}-impersonator`, '--ignore-not-found'])
})

const minutesOf = async (name: string): Promise<number> => {
  const { approvedAt = '', expiresAt = '' } = (await storedRequest(namespace, name)).status ?? {}
  return (Date.parse(expiresAt) - Date.parse(approvedAt)) / minute
}
const phaseOf = async (name: string): Promise<string | undefined> =>
  (await storedRequest(namespace, name)).status?.phase
const clock = (at: number): string => new Date(at).toISOString().slice(11, 16)
/** Returns a time window that is open every day, in UTC. Around midnight it goes on the next day. */
const hours = (from: number, to: number, more: object = {}): object => ({
  timeWindow: { timeZone: 'UTC', from: clock(from), to: clock(to), ...more },
})

// A window opens at a full minute. The request that waits for it does so while the other tests run.
const opening = Math.ceil((Date.now() + 20_000) / minute) * minute

beforeAll(async () => {
  // As far as RBAC is concerned, the requestors may also grant.
  await apply(binding(namespace, 'sallyport-approver', 'dev'))
  if (testOnNode !== test) return
  await offer('opens', [hours(opening, opening + 30 * minute, { wait: true })], {
    duration: { default: '50m', max: '1h' },
  })
  // Not by alice: the tests before and after look at whether she is let in.
  await ask('opens', {}, 'mallory')
})

describe('review', () => {
  testOnNode('by one: nobody gets in before, and then for as long as the reviewer says', async () => {
    await offer('one', [{ peerReview: { count: 1, reviewers: [sre] } }])
    await ask('one')
    expect(await told('one', 'it needs approval by 1 more of group sre')).toMatch(/^waits for approval: it needs/)
    expect(await deniedExec('alice', namespace)).toMatch(/forbidden|is not approved yet/)
    await approve('bob', 'one', { duration: '10m', message: 'ask me if in doubt' })
    await ready('one')

    const { status } = await storedRequest(namespace, 'one')
    expect(status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Approved', message: 'bob granted it; bob: ask me if in doubt' }),
    )
    expect(status?.message).toMatch(/^ready until .*; bob: ask me if in doubt$/)
    expect(await minutesOf('one')).toBe(10)
    expect((await exec('alice', namespace)).code).toBe(0)
    await withdraw(namespace, 'one-bob')
    expect(await deniedExec('alice', namespace)).toMatch(/grant one-bob of bob was withdrawn|forbidden|has no access/)
    expect(await ended(namespace, 'one', 'Revoked')).toBe('grant one-bob of bob was withdrawn')
  })

  testOnNode('by two: nobody counts twice, and the shortest time counts', async () => {
    await offer('two', [{ peerReview: { count: 2, reviewers: [sre] } }])
    await ask('two')
    expect(await refusedApply('mallory', await verdict('mallory', 'two'))).toContain(
      'mallory is not a reviewer of request two (E_GRANT_REVIEWER)',
    )
    await approve('bob', 'two', { duration: '20m' })
    await told('two', 'it needs approval by 1 more of group sre')
    const again = { ...(await verdict('bob', 'two')), metadata: { name: 'two-bob-again', namespace } }
    expect(await refusedApply('bob', again)).toContain(
      'does not count for request two, which needs approval by 1 more of group sre',
    )
    await approve('carol', 'two', { duration: '15m' })
    await ready('two')

    expect(await minutesOf('two')).toBe(15)
    expect((await storedRequest(namespace, 'two')).status?.approvals).toMatchObject([
      { grantedBy: 'bob' },
      { grantedBy: 'carol' },
    ])
    const late = { ...(await verdict('carol', 'two')), metadata: { name: 'two-late', namespace } }
    expect(await refusedApply('carol', late)).toContain('Request two is active already, until')
    // The gate must count for itself.
    await stopController(gate())
    await withdraw(namespace, 'two-carol')
    expect(await deniedExec('alice', namespace)).toContain('grant two-carol of carol was withdrawn (E_ENDED)')
    await startController(gate())
    expect(await ended(namespace, 'two', 'Revoked')).toContain('grant two-carol of carol was withdrawn')
  })

  testOnNode('in two stages: one person fills one of them, and a denial at any point ends it', async () => {
    const security = { name: 'security', count: 1, reviewers: [{ kind: 'User', name: 'carol' }] }
    await offer('staged', [{ peerReview: { count: 1, reviewers: [sre] } }, { peerReview: security }])
    const under = { templateRef: { kind: 'AccessTemplate', name: 'staged' } }
    const denial = { verdict: 'Denied', digest: undefined, message: 'not on a Friday' }
    await Promise.all(['denied-first', 'denied-then', 'passed'].map((name) => ask(name, under)))
    await applied('bob', await verdict('bob', 'denied-first', denial))
    await approve('bob', 'denied-then')
    await told('denied-then', 'it needs approval by 1 more of user carol (security)')
    await applied('carol', await verdict('carol', 'denied-then', denial))
    // Either stage could take her. She does not fill her own place, which only she can fill, with the approval of the
    // other stage.
    await approve('carol', 'passed')
    await told('passed', 'it needs approval by 1 more of')
    await approve('bob', 'passed')
    await ready('passed')

    expect(await ended(namespace, 'denied-first', 'Denied')).toBe('bob denied it: not on a Friday')
    expect(await ended(namespace, 'denied-then', 'Denied')).toBe('carol denied it: not on a Friday')
    const late = { ...(await verdict('bob', 'passed', denial)), metadata: { name: 'late-denial', namespace } }
    expect(await refusedApply('bob', late)).toContain('(E_GRANT_LATE)')
    await admin(['delete', 'areq', 'passed', '-n', namespace])
  })

  testOnNode('nobody approves what they asked for themselves, on any path', async () => {
    const robots = { kind: 'Group', name: 'system:serviceaccounts' }
    const named = { kind: 'ServiceAccount', namespace, name: 'named' }
    const reviewers = [{ kind: 'Group', name: 'dev' }, { kind: 'User', name: 'alice' }, robots, named, sre]
    await offer('self', [{ peerReview: { count: 2, reviewers } }])
    await ask('self')
    const [file] = [await verdict('alice', 'self')]
    await apply(
      ...['robot', 'named'].flatMap((name) => [
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
        {
          ...(binding(namespace, 'sallyport-approver', name) as { metadata: object }),
          subjects: [{ kind: 'ServiceAccount', name, namespace }],
        },
      ]),
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: `${namespace}-impersonator` },
        rules: [{ apiGroups: [''], resources: ['users', 'groups', 'serviceaccounts'], verbs: ['impersonate'] }],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: `${namespace}-impersonator` },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `${namespace}-impersonator` },
        subjects: [{ kind: 'User', name: 'alice', apiGroup: 'rbac.authorization.k8s.io' }],
      },
    )
    const as = (...flags: readonly string[]): Promise<string> =>
      kubectlRefused('alice', ['create', '-f', '-', ...flags], JSON.stringify(file))

    expect(await refusedApply('alice', file)).toContain('alice made request self and may not decide it (E_GRANT_SELF)')
    expect(await as('--as=bob', '--as-group=sre')).toContain('(E_IMPERSONATED)')
    expect(await as(`--as=system:serviceaccount:${namespace}:named`)).toContain('(E_IMPERSONATED)')
    expect(await refusedApply(await serviceAccountLogin(namespace, 'robot'), file)).toContain(
      `system:serviceaccount:${namespace}:robot is a service account, and no peerReview of request self names it`,
    )
    // mallory shares a group with the requestor, but is another person.
    await approve('mallory', 'self')
    await told('self', 'it needs approval by 1 more of')
    // A service account may approve if it is named itself: the template's author decides that.
    const robot = await serviceAccountLogin(namespace, 'named')
    await applied(robot, await verdict('named', 'self'))
    await ready('self')
    await admin(['delete', 'areq', 'self', '-n', namespace])
  })

  testOnNode('a template that is changed, or goes and comes back, ends what waits and what was given', async () => {
    const challenges = [{ peerReview: { count: 2, reviewers: [sre] } }]
    const under = { templateRef: { kind: 'AccessTemplate', name: 'moves' } }
    await offer('moves', challenges)
    await ask('edited', under)
    await approve('bob', 'edited')
    await told('edited', 'it needs approval by 1 more')
    await offer('moves', [{ peerReview: { count: 1, reviewers: [sre] } }])
    expect(await ended(namespace, 'edited', 'Failed')).toBe('AccessTemplate moves was changed')

    await ask('lives', under)
    await approve('bob', 'lives')
    await ready('lives')
    await ask('waits', under)
    await verdict('bob', 'waits')
    await admin(['delete', 'atmpl', 'moves', '-n', namespace])
    await offer('moves', [])
    expect(await ended(namespace, 'waits', 'Failed')).toMatch(/AccessTemplate moves (is gone|was replaced)/)
    expect(await ended(namespace, 'lives', 'Revoked')).toMatch(/AccessTemplate moves (is gone|was replaced)/)
    expect(await deniedExec('alice', namespace)).toMatch(/forbidden|has no access|has ended/)
  })
})

describe('hours', () => {
  testOnNode('that are open let in at once, and no longer than they last', async () => {
    const end = Math.ceil(Date.now() / minute) * minute + 5 * minute
    await offer('open', [hours(Date.now() - 60 * minute, end)])
    await ask('open')
    await ready('open')

    expect(Date.parse((await storedRequest(namespace, 'open')).status?.expiresAt ?? '')).toBe(end)
    expect((await exec('alice', namespace)).code).toBe(0)
    await admin(['delete', 'areq', 'open', '-n', namespace])
  })

  testOnNode(
    'that are closed refuse, with the next opening, unless the request is for when they are open',
    async () => {
      const from = Date.now() + 120 * minute
      await offer('closed', [hours(from, from + 60 * minute)])
      const under = { duration: undefined, templateRef: { kind: 'AccessTemplate', name: 'closed' } }

      const refusal = await refusedApply('alice', requestFile(namespace, 'closed', under))
      await ask('closed', { startAt: new Date(from + 30 * minute).toISOString() })

      expect(refusal).toMatch(/access cannot begin .* in UTC; the time window opens .* in UTC \(E_CHALLENGE_WINDOW\)/)
      expect(refusal).toContain(`${clock(from)} in UTC`)
      await told('closed', 'AccessTemplate closed asks for no approval')
      expect(await phaseOf('closed')).toBe('Scheduled')
      await admin(['delete', 'areq', 'closed', '-n', namespace])
    },
  )
})

describe('an expression', () => {
  test.each([
    ['does not parse', 'request.reason ==', 'line 1, column'],
    ['names what there is not', "request.reson == 'x'", 'line 1, column 8: request has no field reson'],
    ['computes for too long', heavy(), 'it computed for longer than 50 ms'],
  ])('that %s is refused at apply', async (_title, cel, text) => {
    const file = templateFile(namespace, 'bad', { challenges: [{ expression: { cel, message: 'no' } }] })

    const refusal = await refusedApply('admin', file)
    expect(refusal).toContain('spec.challenges[0].expression.cel: ')
    expect(refusal).toContain(text)
  })

  testOnNode('that is met lets in; not met, in error or hostile it refuses, and holds up nobody', async () => {
    const cel = [
      "(request.reason != 'slow' || " + heavy() + ')',
      "(request.reason != 'wrong' || request.attributes.ticket == 'x')",
      "target.labels['app'] == 'web-0' && target.serviceAccount == 'default' && 'dev' in requestor.groups",
      "request.reason != 'no'",
    ].join(' && ')
    await offer('judged', [{ expression: { cel, message: 'ask for something better' } }])
    const under = { templateRef: { kind: 'AccessTemplate', name: 'judged' } }
    for (const reason of ['slow', 'wrong', 'no', 'good']) await ask(`is-${reason}`, { ...under, reason })
    await ready('is-good')

    expect(await ended(namespace, 'is-no', 'Denied')).toBe(
      'a condition of its template says no: ask for something better (E_CHALLENGE)',
    )
    expect(await ended(namespace, 'is-slow', 'Denied')).toMatch(/gave no answer: it computed for longer than 50 ms/)
    expect(await ended(namespace, 'is-wrong', 'Denied')).toMatch(/gave no answer: .* \(E_CHALLENGE_UNANSWERED\)$/)
    await admin(['delete', 'areq', 'is-good', '-n', namespace])
  })

  testOnNode('needs no grant, and takes none; any other challenge is refused at apply', async () => {
    await offer('unreviewed', [{ expression: { cel: 'true', message: 'no' } }])
    await ask('unreviewed')
    await ready('unreviewed')

    expect(await refusedApply('bob', await verdict('bob', 'unreviewed'))).toContain('(E_GRANT_NEEDLESS)')
    const unknown = templateFile(namespace, 'bad', { challenges: [{ webhook: { name: 'tickets' } }] })
    expect(await refusedApply('admin', unknown)).toContain('the config has no validator tickets; it has none')
    await admin(['delete', 'areq', 'unreviewed', '-n', namespace])
  })
})

describe('limits', () => {
  testOnNode('of a user: the text says which request is in the way, and there is room once that is gone', async () => {
    await offer('limited', [], { limits: { perUser: 1, total: 2 } })
    const under = { templateRef: { kind: 'AccessTemplate', name: 'limited' } }
    await ask('first', under)
    const refusal = await refusedApply('alice', requestFile(namespace, 'second', { ...under, duration: undefined }))
    await ask('of-mallory', under, 'mallory')

    expect(refusal).toContain(
      `AccessTemplate limited lets one user have 1 unfinished request at a time, and you already have ${namespace}/first of alice (E_TEMPLATE_LIMIT)`,
    )
    await admin(['delete', 'areq', 'first', '-n', namespace])
    await ask('second', under)
    await ready('second')
    await admin(['delete', 'areq', 'second', 'of-mallory', '-n', namespace])
  })

  testOnNode('in all hold also for those who ask at once', async () => {
    await offer('raced', [], { limits: { total: 2 } })
    const names = ['a', 'b', 'c', 'd', 'e'].map((name) => `raced-${name}`)
    const under = { templateRef: { kind: 'AccessTemplate', name: 'raced' } }
    const made = await Promise.all(
      names.map(async (name, index) =>
        ask(name, under, index % 2 ? 'alice' : 'mallory').then(
          () => [name],
          () => [],
        ),
      ),
    )

    const phases = await until('all are decided', async () => {
      const all = await Promise.all(made.flat().map(phaseOf))
      return all.every((phase) => phase === 'Active' || phase === 'Failed') ? all : undefined
    })
    expect(phases.filter((phase) => phase === 'Active')).toHaveLength(2)
    await admin(['delete', 'areq', ...made.flat(), '-n', namespace])
  })
})

describe('a request for later', () => {
  testOnNode('that nobody approves before it begins expires; one that is approved begins then', async () => {
    await offer('later', [{ peerReview: { count: 1, reviewers: [sre] } }])
    const startAt = new Date(Date.now() + 8_000).toISOString()
    const under = { templateRef: { kind: 'AccessTemplate', name: 'later' }, startAt }
    await ask('undecided', under)
    await ask('decided', under)
    await approve('bob', 'decided')
    await until('it is scheduled', async () => (await phaseOf('decided')) === 'Scheduled')
    expect(await deniedExec('alice', namespace)).toMatch(/forbidden|begins at/)
    await ready('decided')

    const { status } = await storedRequest(namespace, 'decided')
    expect(Date.parse(status?.expiresAt ?? '')).toBe(Date.parse(startAt) + 30 * minute)
    expect(await ended(namespace, 'undecided', 'Expired')).toContain('nobody decided it before its startAt')
    await admin(['delete', 'areq', 'decided', '-n', namespace])
  })
})

testOnNode('a request that may wait for the hours is Scheduled until they come, and then begins', async () => {
  // This is skipped if the window is already open.
  if (Date.now() < opening - 2_000) expect(await phaseOf('opens')).toBe('Scheduled')
  await readyRequest(namespace, 'opens', 80)

  const { status } = await storedRequest(namespace, 'opens')
  expect(Date.parse(status?.approvedAt ?? '')).toBeGreaterThanOrEqual(opening)
  expect(Date.parse(status?.expiresAt ?? '')).toBe(opening + 30 * minute)
})

/** Returns an expression that computes for hours. */
function heavy(): string {
  const list = `[${Array.from({ length: 20 }, (_, index) => index).join(',')}]`
  return ['a', 'b', 'c', 'd', 'e', 'f', 'g'].reduceRight((inner, name) => `${list}.all(${name}, ${inner})`, 'true')
}
