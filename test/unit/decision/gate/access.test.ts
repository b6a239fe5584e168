import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { AccessGrant } from '../../../../src/api/kinds/access-grant.ts'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import type { Pod } from '../../../../src/api/pod.ts'
import type { Decision } from '../../../../src/decision/decision.ts'
import type { Attach, Exec, PortForward } from '../../../../src/decision/gate/entry.ts'
import { decideAccess } from '../../../../src/decision/gate/gate.ts'
import { aGrant, aPass, aPod, active, aRequest, at, pending, untemplated } from '../../../fixtures/example-access.ts'
import { anyDirect } from '../../../fixtures/any-direct.ts'

const approval = { requireDigest: true, direct: anyDirect }

interface Case {
  readonly requests?: readonly AccessRequest[]
  readonly grants?: readonly AccessGrant[]
  readonly pod?: Pod | undefined
  readonly entry?: Partial<Omit<Exec, 'way'>>
  /** A way in other than exec. */
  readonly other?: Attach | PortForward
  readonly user?: { readonly username: string; readonly uid?: string }
  readonly now?: number
  readonly earliest?: number
  readonly used?: readonly string[]
}

const live = active()
const alice = { username: 'alice', groups: ['dev'] }

function decide(given: Case = {}): Decision {
  const { requests = [live], grants = [aGrant(live)], user = alice, now = at('12:30:00') } = given
  const snapshot = {
    pod: 'pod' in given ? given.pod : aPod(),
    pass: aPass(...requests),
    requests: new Map(requests.map((request) => [request.metadata.name, request])),
    grants: new Map(grants.map((grant) => [grant.metadata.name, grant])),
    ...untemplated,
  }
  const exec = { way: 'pods/exec', namespace: 'shop', name: 'web-0', container: 'app', command: ['id'] } as const
  const entry = given.other ?? { ...exec, stdin: false, tty: false, ...given.entry }
  const { earliest = now } = given
  const used = new Map(given.used?.map((uid) => [uid, '2026-11-21T12:29:00.000000Z']))
  return decideAccess(snapshot, { entry, user, now, earliest, approval, used })
}

const withStatus = (status: Partial<AccessRequest['status']>, request = live): AccessRequest => ({
  ...request,
  status: { ...request.status, ...status },
})
const having = (spec: Partial<AccessRequest['spec']>): Case => {
  const request = active(aRequest(spec))
  return { requests: [request], grants: [aGrant(request)] }
}

describe('an access that was asked for and granted lets in', () => {
  test('who asked, with what asked for', () => {
    expect(decide()).toEqual({
      verdict: 'allow',
      code: 'ACCESS',
      why: 'request look, granted by bob',
      access: {
        request: { namespace: 'shop', name: 'look', uid: 'request-1' },
        grants: [{ name: 'look', uid: 'grant-1', grantedBy: 'bob' }],
        podUID: 'pod-1',
        container: 'app',
        image: 'shop/web:1',
        digest: pending().status?.digest,
        expiresAt: '2026-11-21T13:00:00.000000Z',
        once: false,
      },
    })
  })

  test.each<[string, Case]>([
    ['the container left to the server, which takes the only one', { entry: { container: '' } }],
    [
      'any command, where none was named',
      { ...having({ exec: { pod: 'web-0' } }), entry: { command: ['rm', '-rf', '/'] } },
    ],
    ['also bytes that are no text', { ...having({ exec: { pod: 'web-0' } }), entry: { command: ['\ufffd'] } }],
    [
      'input and terminal, where asked for',
      { ...having({ exec: { pod: 'web-0', stdin: true, tty: true } }), entry: { stdin: true, tty: true } },
    ],
    ['less than was asked for', having({ exec: { pod: 'web-0', command: ['id'], stdin: true, tty: true } })],
    ['the last millisecond', { now: at('13:00:00') - 1 }],
    ['before RBAC is known to work, as that decides for itself', { requests: [withStatus({ phase: 'Approved' })] }],
  ])('%s', (_title, given) => {
    expect(decide(given)).toMatchObject({ verdict: 'allow', code: 'ACCESS' })
  })

  test('of several the one that can be used again', () => {
    const once = active(aRequest({ once: true }, { name: 'a-once', uid: 'request-2' }))

    const decision = decide({ requests: [once, live], grants: [aGrant(live)] })

    expect(decision).toMatchObject({ access: { once: false } })
  })
})

describe('of several requests for one use each', () => {
  const both = ['first', 'second'].map((name) =>
    withStatus(
      { approvals: [{ name, uid: `grant-${name}`, grantedBy: 'bob' }] },
      active(aRequest({ once: true }, { name, uid: name })),
    ),
  )
  const grants = both.map((one) => aGrant(one, {}, { name: one.metadata.name, uid: `grant-${one.metadata.name}` }))

  test('one that is not used yet lets in', () => {
    expect(decide({ requests: both, grants, used: ['first'] })).toMatchObject({
      access: { request: { name: 'second' } },
    })
  })

  test('if all are used, the denial says so', () => {
    expect(decide({ requests: both, grants, used: ['first', 'second'] })).toMatchObject({
      verdict: 'deny',
      code: 'E_USED',
      message: expect.stringContaining('allowed one use, and it was used at 2026-11-21T12:29:00.000000Z (E_USED). Ask'),
    })
  })
})

describe('denied, with what would help', () => {
  test.each<[string, string, string, Case]>([
    ['no request at all', 'E_NO_PASS', 'kubectl access exec web-0 -n shop', { requests: [] }],
    ['a request that waits', 'E_PENDING', 'An approver can look at it:', { requests: [pending()] }],
    [
      'an access that begins later',
      'E_PENDING',
      'begins at 2026-11-21T12:45:00Z',
      having({ startAt: '2026-11-21T12:45:00Z' }),
    ],
    ['another command', 'E_NOT_ASKED', 'for the command id, not for id -u', { entry: { command: ['id', '-u'] } }],
    [
      'bytes that nobody can tell from what was approved',
      'E_NOT_ASKED',
      'holds U+FFFD',
      { ...having({ exec: { pod: 'web-0', command: ['cat', '/\ufffd'] } }), entry: { command: ['cat', '/\ufffd'] } },
    ],
    ['fewer words', 'E_NOT_ASKED', 'not for []', { entry: { command: [] } }],
    ['input', 'E_NOT_ASKED', 'does not include input (E_NOT_ASKED). Leave out -i', { entry: { stdin: true } }],
    ['a terminal', 'E_NOT_ASKED', 'does not include a terminal (E_NOT_ASKED). Leave out -t', { entry: { tty: true } }],
    [
      'another container',
      'E_NOT_ASKED',
      'to container app of pod shop/web-0, not to sidecar',
      { entry: { container: 'sidecar' } },
    ],
    [
      'a container that does not run',
      'E_NO_CONTAINER',
      'Container app of pod shop/web-0 does not run',
      { pod: aPod({ running: false }) },
    ],
    ['a pod that is gone', 'E_ENDED', 'pod web-0 is gone', { pod: undefined }],
    [
      'another pod of the same name',
      'E_ENDED',
      'pod web-0 was replaced by another of the same name',
      { pod: aPod({ metadata: { uid: 'pod-2' } }) },
    ],
    ['another image', 'E_ENDED', 'changed from shop/web:1 to shop/web:2', { pod: aPod({ image: 'shop/web:2' }) }],
    [
      'another build of the image',
      'E_ENDED',
      'runs another build of shop/web:1',
      { pod: aPod({ imageID: `sha256:${'b'.repeat(64)}` }) },
    ],
    [
      'a pod that has ended',
      'E_ENDED',
      'Ask for access to a pod that runs.',
      { pod: { ...aPod(), status: { phase: 'Failed' } } },
    ],
    ['the end of its time', 'E_ENDED', 'its time is over', { now: at('13:00:00') }],
    ['a revocation', 'E_ENDED', 'bob revoked it', having({ revoked: { by: { username: 'bob' } } })],
    ['a grant that was deleted', 'E_ENDED', 'grant look of bob was withdrawn', { grants: [] }],
    [
      'a grant that is being deleted',
      'E_ENDED',
      'was withdrawn',
      { grants: [aGrant(live, {}, { deletionTimestamp: 'x' })] },
    ],
    [
      'a grant re-created under its name',
      'E_ENDED',
      'was withdrawn',
      { grants: [aGrant(live, {}, { uid: 'grant-2' })] },
    ],
    [
      'a grant of another request',
      'E_ENDED',
      'was withdrawn',
      { grants: [aGrant(live, { requestRef: { name: 'look', uid: 'request-0' } })] },
    ],
    ['a grant that is a denial', 'E_ENDED', 'was withdrawn', { grants: [aGrant(live, { verdict: 'Denied' })] }],
    [
      'a grant by the requestor',
      'E_ENDED',
      'was withdrawn',
      { grants: [aGrant(live, { grantedBy: { username: 'alice' } })] },
    ],
    ['a grant of another digest', 'E_ENDED', 'was withdrawn', { grants: [aGrant(live, { digest: 'aaaaaaaaaaaa' })] }],
    ['a status without approvals', 'E_ENDED', 'nobody granted it', { requests: [withStatus({ approvals: [] })] }],
    [
      'a status without an end',
      'E_ENDED',
      'its time is over',
      { requests: [{ ...live, status: { phase: 'Active' } }] },
    ],
    [
      'a digest of something else',
      'E_ENDED',
      'not what was approved',
      { requests: [withStatus({ digest: 'a'.repeat(64) })] },
    ],
    [
      'a request that is being deleted',
      'E_ENDED',
      'being deleted',
      { requests: [{ ...live, metadata: { ...live.metadata, deletionTimestamp: 'x' } }] },
    ],
    [
      'a finished request',
      'E_ENDED',
      'bob revoked it',
      { requests: [withStatus({ phase: 'Revoked', message: 'bob revoked it' })] },
    ],
    ['somebody else', 'E_ENDED', 'it belongs to another user', { user: { username: 'mallory' } }],
    ['a request re-created under its name', 'E_NO_PASS', 'Ask, and go in', { requests: [] }],
  ])('%s', (_title, code, text, given) => {
    expect(decide(given)).toMatchObject({ verdict: 'deny', code, status: 403, message: expect.stringContaining(text) })
  })

  test('a service account re-created under its name', () => {
    const username = 'system:serviceaccount:shop:robot'
    const given = having({ requestor: { username, uid: 'sa-1' } })

    expect(decide({ ...given, user: { username, uid: 'sa-1' } })).toMatchObject({ verdict: 'allow' })
    expect(decide({ ...given, user: { username, uid: 'sa-2' } })).toMatchObject({ code: 'E_ENDED' })
  })

  test('a request that the pass does not mean, though it has the name', () => {
    const other = active(aRequest({}, { uid: 'request-2' }))
    const snapshot = {
      pod: aPod(),
      pass: aPass(live),
      requests: new Map([['look', other]]),
      grants: new Map([['look', aGrant(other)]]),
      ...untemplated,
    }
    const entry: Exec = {
      way: 'pods/exec',
      namespace: 'shop',
      name: 'web-0',
      container: 'app',
      command: ['id'],
      stdin: false,
      tty: false,
    }

    const decision = decideAccess(snapshot, { entry, user: alice, now: at('12:30:00'), approval })

    expect(decision).toMatchObject({ code: 'E_NO_PASS' })
  })

  test('of several requests it tells of the one that came nearest', () => {
    const waits = pending(aRequest({}, { name: 'a-new', uid: 'request-2' }))

    expect(decide({ requests: [waits, live], entry: { command: ['ls'] } })).toMatchObject({ code: 'E_NOT_ASKED' })
    expect(decide({ requests: [waits, live], now: at('14:00:00') })).toMatchObject({ code: 'E_PENDING' })
  })

  test('a template is not needed for a pod of several containers, but a name is', () => {
    const two = aPod()
    two.spec.containers.push({ name: 'sidecar', image: 'x' })

    expect(decide({ pod: two, entry: { container: '' } })).toMatchObject({
      code: 'E_NO_CONTAINER',
      message: expect.stringContaining('app, sidecar'),
    })
  })
})

describe('attach and port-forward', () => {
  const where = { namespace: 'shop', name: 'web-0' }
  const attach: Attach = { way: 'pods/attach', ...where, container: 'app', stdin: false, tty: false }
  const portForward: PortForward = { way: 'pods/portforward', ...where }
  const listing = (...subresources: ('attach' | 'portforward' | 'log')[]): Case =>
    having({ exec: { pod: 'web-0', command: ['id'], subresources } })

  test.each<[string, Attach | PortForward, 'attach' | 'portforward']>([
    ['attach', attach, 'attach'],
    ['port-forward', portForward, 'portforward'],
  ])('%s is open to an access that lists it, and to no other', (_title, other, subresource) => {
    expect(decide({ ...listing(subresource), other })).toMatchObject({ verdict: 'allow', code: 'ACCESS' })
    expect(decide({ ...listing('log'), other })).toMatchObject({
      code: 'E_NOT_LISTED',
      message: expect.stringContaining(`--subresource ${subresource}`),
    })
    expect(decide({ requests: [], other })).toMatchObject({
      code: 'E_NOT_LISTED',
      message: expect.stringContaining(`alice has no access to ${other.way} of pod shop/web-0`),
    })
  })

  test.each<[string, Partial<Attach>, string]>([
    ['to another container', { container: 'sidecar' }, 'E_NOT_ASKED'],
    ['with input that was not asked for', { stdin: true }, 'E_NOT_ASKED'],
    ['with a terminal that was not asked for', { tty: true }, 'E_NOT_ASKED'],
  ])('attach is denied %s', (_title, tried, code) => {
    expect(decide({ ...listing('attach'), other: { ...attach, ...tried } })).toMatchObject({ code })
  })

  test('listing them opens no other command', () => {
    const entry = { command: ['ls'] }

    expect(decide({ ...listing('attach', 'portforward', 'log'), entry })).toMatchObject({ code: 'E_NOT_ASKED' })
  })

  test('they end with the access', () => {
    const other = portForward

    expect(decide({ ...listing('portforward'), other, now: at('13:00:00') })).toMatchObject({ code: 'E_ENDED' })
    expect(decide({ ...listing('portforward'), other, grants: [] })).toMatchObject({ code: 'E_ENDED' })
  })
})

test('whatever one thing is changed in what the gate read, it does not let in more than was granted', () => {
  const anything = fc.anything()
  const paths = ['pod', 'pass', 'request', 'grant'] as const
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.nat(400), anything, (which, position, value) => {
      const objects = { pod: aPod(), pass: aPass(live), request: structuredClone(live), grant: aGrant(live) }
      const spots = leaves(objects[which])
      const spot = spots[position % spots.length]
      fc.pre(spot !== undefined && !Object.is(spot.holder[spot.key], value))
      spot.holder[spot.key] = value
      const snapshot = {
        pod: objects.pod,
        pass: objects.pass,
        requests: new Map([['look', objects.request]]),
        grants: new Map([['look', objects.grant]]),
        ...untemplated,
      }
      const entry: Exec = {
        way: 'pods/exec',
        namespace: 'shop',
        name: 'web-0',
        container: 'app',
        command: ['ls'],
        stdin: true,
        tty: true,
      }

      // ls, input and a terminal were never granted. No single change may open this, short of the digest's preimage.
      let verdict = 'deny'
      try {
        verdict = decideAccess(snapshot, { entry, user: alice, now: at('12:30:00'), approval }).verdict
      } catch {
        // The server turns this error into a denial.
      }
      expect(verdict).toBe('deny')
    }),
    { numRuns: 2_000 },
  )
})

interface Spot {
  readonly holder: Record<string, unknown>
  readonly key: string
}

function leaves(value: object): readonly Spot[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const here = { holder: value as Record<string, unknown>, key }
    return typeof inner === 'object' && inner !== null ? [here, ...leaves(inner)] : [here]
  })
}

describe('while the time of day is in doubt', () => {
  test('an access ends by the later time', () => {
    expect(decide({ earliest: at('12:30:00'), now: at('13:00:00') })).toMatchObject({ code: 'E_ENDED' })
  })

  test('an access begins by the earlier time', () => {
    const scheduled = having({ startAt: '2026-11-21T12:15:00Z' })
    expect(decide({ ...scheduled, earliest: at('12:14:59'), now: at('12:30:00') })).toMatchObject({ code: 'E_PENDING' })
    expect(decide({ ...scheduled, earliest: at('12:15:00'), now: at('12:30:00') })).toMatchObject({ code: 'ACCESS' })
  })
})
