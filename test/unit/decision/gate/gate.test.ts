import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { waysIn } from '../../../../src/api/review/way-in.ts'
import type { Review } from '../../../../src/api/review/admission-review.ts'
import type { Decision } from '../../../../src/decision/decision.ts'
import { decideEntry, decideAccess, type GatePolicy } from '../../../../src/decision/gate/gate.ts'
import { execReview, reviewOf } from '../../../fixtures/review.ts'
import { anyDirect } from '../../../fixtures/any-direct.ts'

const identity = { proofKeys: ['authentication.kubernetes.io/credential-id'], impersonation: 'Deny' } as const
const strict: GatePolicy = { exemptions: [], identity }

/** Decides as the webhook does, in a cluster in which nobody has asked for anything. */
function decide(review: Review, policy: GatePolicy): Decision {
  const at = decideEntry(review, policy)
  if ('decision' in at) return at.decision
  const nothing = {
    pod: undefined,
    controllers: [],
    pass: undefined,
    requests: new Map(),
    grants: new Map(),
    templates: new Map(),
  }
  return decideAccess(nothing, {
    entry: at.entry,
    user: review.userInfo,
    now: 0,
    approval: { requireDigest: true, direct: anyDirect },
  })
}

const monitoring = {
  why: 'Prometheus scrapes',
  subjects: [{ kind: 'ServiceAccount', namespace: 'monitoring', name: 'prometheus' } as const],
  subresources: ['nodes/proxy', 'pods/exec'] as ('nodes/proxy' | 'pods/exec')[],
}
const prometheus = {
  username: 'system:serviceaccount:monitoring:prometheus',
  groups: ['system:serviceaccounts'],
  extra: { 'authentication.kubernetes.io/credential-id': ['JTI=1'] },
}

describe('without access', () => {
  test('an exec is denied with the command that asks for it', () => {
    const decision = decide(execReview(), strict)

    expect(decision).toEqual({
      verdict: 'deny',
      code: 'E_NO_PASS',
      status: 403,
      message:
        'alice has no access to pod shop/web-0 (E_NO_PASS). Ask, and go in:\n' +
        'kubectl access exec web-0 -n shop -c app -- id',
    })
  })

  test('the suggested command asks for stdin and tty, and quotes what a shell would expand', () => {
    const object = { command: ['sh', '-c', "echo '$HOME'"], container: 'app', stdin: true, tty: true }

    expect(decide(execReview({ object }), strict)).toMatchObject({
      message: expect.stringContaining(`-i -t -- sh -c 'echo '\\''$HOME'\\'''`),
    })
  })

  test.each(waysIn)('%s is denied', (way) => {
    const decision = decide(reviewOf(way), strict)

    expect(decision).toMatchObject({ verdict: 'deny', status: 403 })
  })

  test('the text names user and object, and says what would allow it', () => {
    expect(decide(reviewOf('pods/attach'), strict)).toMatchObject({ code: 'E_NOT_LISTED' })
    expect(decide(reviewOf('services/proxy'), strict)).toMatchObject({
      code: 'E_EXEMPT_ONLY',
      message: expect.stringMatching(/^alice may not use services\/proxy of shop\/web-0 .*exemption/),
    })
  })

  test('a name that would move the terminal is escaped', () => {
    const decision = decide(execReview({ name: 'web\u001b[2J\nfake' }), strict)

    expect(decision).toMatchObject({ message: expect.stringContaining('pod shop/web\\u001b[2J\\u000afake') })
  })
})

describe('a review that is not understood', () => {
  test.each([
    ['another resource', { resource: { group: '', version: 'v1', resource: 'secrets' }, subResource: '' }],
    ['another group', { resource: { group: 'evil.io', version: 'v1', resource: 'pods' } }],
    ['another operation', { operation: 'CREATE' as const }],
    ['no name', { name: '' }],
    ['no namespace', { namespace: '' }],
    ['a command that is no list', { object: { command: 'sh' } }],
    ['no object', { object: null }],
    ['a dry run', { dryRun: true }],
  ])('%s is denied', (_title, fields) => {
    expect(decide(execReview(fields), strict)).toMatchObject({ verdict: 'deny', code: 'E_REVIEW_INVALID' })
  })
})

describe('exemptions', () => {
  const policy: GatePolicy = { exemptions: [monitoring], identity }

  test('let in whom they name, with the reason', () => {
    const decision = decide(execReview({ userInfo: prometheus }), policy)

    expect(decision).toEqual({ verdict: 'allow', code: 'EXEMPT', why: 'Prometheus scrapes' })
  })

  test('hold for the subresources they name only', () => {
    expect(decide(reviewOf('pods/attach', { userInfo: prometheus }), policy)).toMatchObject({ verdict: 'deny' })
  })

  test('hold for the namespaces they name only', () => {
    const narrow: GatePolicy = { exemptions: [{ ...monitoring, namespaces: ['monitoring'] }], identity }

    expect(decide(execReview({ userInfo: prometheus }), narrow)).toMatchObject({ verdict: 'deny' })
    expect(decide(execReview({ userInfo: prometheus, namespace: 'monitoring' }), narrow)).toMatchObject({
      verdict: 'allow',
    })
    expect(decide(reviewOf('nodes/proxy', { userInfo: prometheus }), narrow)).toMatchObject({ verdict: 'deny' })
  })

  test('do not hold for somebody who impersonates the subject', () => {
    const impersonated = { username: prometheus.username, groups: prometheus.groups }

    expect(decide(execReview({ userInfo: impersonated }), policy)).toMatchObject({ code: 'E_IMPERSONATED' })
    const recording: GatePolicy = { ...policy, identity: { ...identity, impersonation: 'Record' } }
    expect(decide(execReview({ userInfo: impersonated }), recording)).toMatchObject({ code: 'EXEMPT' })
  })

  test('a user called like a group is not the group', () => {
    const byGroup: GatePolicy = {
      exemptions: [{ ...monitoring, subjects: [{ kind: 'Group', name: 'oncall' }] }],
      identity,
    }

    expect(decide(execReview({ userInfo: { ...prometheus, username: 'oncall' } }), byGroup)).toMatchObject({
      verdict: 'deny',
    })
  })
})

describe('nodes/proxy', () => {
  const node = (path: string): ReturnType<typeof reviewOf> =>
    reviewOf('nodes/proxy', { name: 'node-0', object: { path } })

  test.each(['/metrics', 'metrics', '/metrics/cadvisor', '/stats/summary', '/healthz', '/pods'])(
    '%s is open',
    (path) => {
      expect(decide(node(path), strict)).toMatchObject({ verdict: 'allow', code: 'NODE_PATH_ALLOWED' })
    },
  )

  // Each of these ran a command as root on a real kubelet.
  test.each([
    'metrics/../run/shop/web-0/app',
    'metrics/%2e%2e/run/shop/web-0/app',
    './run/shop/web-0/app',
    'metrics%2f..%2frun/shop/web-0/app',
    'metrics//..//run/shop/web-0/app',
    'metrics/cadvisor/../../run/shop/web-0/app',
    'run/shop/web-0/app',
    'exec/shop/web-0/app',
    'metrics/',
    '//metrics',
    '',
    '/',
  ])('"%s" is closed', (path) => {
    expect(decide(node(path), strict)).toMatchObject({ verdict: 'deny', code: 'E_NODE_PATH' })
  })
})

describe('nodes/proxy of another program of the node than the kubelet', () => {
  test.each(['node-0:9100', 'http:node-0:9100', 'https:node-0:10250', 'https:node-0:', ':node-0:'])(
    '%s is closed',
    (name) => {
      const review = reviewOf('nodes/proxy', { name, object: { path: '/metrics' } })

      expect(decide(review, strict)).toMatchObject({
        code: 'E_NODE_PATH',
        message: expect.stringContaining('named without scheme and port'),
      })
    },
  )
})

test.each([
  ['web-0', 'request exec web-0 -n shop --subresource portforward'],
  ['https:web-0:', 'request exec web-0 -n shop --subresource portforward'],
  ['web-0:8080', 'port-forward web-0 -n shop :8080'],
  ['http:web-0:8080', 'port-forward web-0 -n shop :8080'],
  [':web-0:web', 'port-forward web-0 -n shop :web'],
])('a denied proxy to pod %s suggests a port-forward', (name, command) => {
  const decision = decide(reviewOf('pods/proxy', { name }), strict)

  expect(decision).toMatchObject({ code: 'E_EXEMPT_ONLY', message: expect.stringMatching(`access ${command}$`) })
})

test('a denied debug container says what would allow it, and what else there is', () => {
  expect(decide(reviewOf('pods/ephemeralcontainers'), strict)).toMatchObject({
    code: 'E_NOT_LISTED',
    message:
      'alice has no access to pods/ephemeralcontainers of pod shop/web-0 (E_NOT_LISTED). ' +
      "A debug container needs a template that offers it, or an exemption in Sallyport's config. See the templates:\n" +
      'kubectl access templates -n shop',
  })
})

test('nothing but an exemption or an open node path is ever let in', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...waysIn),
      fc.record({ name: fc.string({ minLength: 1 }), namespace: fc.string({ minLength: 1 }), object: fc.jsonValue() }),
      (way, fields) => {
        const decision = decide(reviewOf(way, fields), strict)

        if (decision.verdict === 'allow') expect(decision.code).toBe('NODE_PATH_ALLOWED')
      },
    ),
  )
})
