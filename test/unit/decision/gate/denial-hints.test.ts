import { describe, expect, test } from '@jest/globals'
import type { AccessPass } from '../../../../src/api/kinds/access-pass.ts'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import type { AccessTemplate } from '../../../../src/api/kinds/access-template.ts'
import type { Challenge } from '../../../../src/api/kinds/challenge.ts'
import type { Decision } from '../../../../src/decision/decision.ts'
import type { Exec } from '../../../../src/decision/gate/entry.ts'
import { decideAccess } from '../../../../src/decision/gate/gate.ts'
import { templateKey } from '../../../../src/decision/template.ts'
import { anyDirect } from '../../../fixtures/any-direct.ts'
import { aGrant, aPass, aPod, active, anExecTemplate, aRequest, at, pending } from '../../../fixtures/example-access.ts'

const entry: Exec = {
  ...{ way: 'pods/exec', namespace: 'shop', name: 'web-0', container: '', stdin: false, tty: false },
  command: ['id'],
}
const ended = (status: Partial<AccessRequest['status']>): AccessRequest => ({
  ...active(),
  status: { ...active().status, phase: 'Revoked', message: 'alice revoked it: done', ...status },
})

function decide(
  requests: readonly AccessRequest[],
  { pass = {}, template }: { pass?: Partial<AccessPass['spec']>; template?: AccessTemplate } = {},
): Decision {
  const { spec, ...rest } = aPass(...requests)
  const { templateRef } = requests[0]?.spec ?? {}
  const snapshot = {
    pod: aPod(),
    controllers: [],
    pass: { ...rest, spec: { ...spec, ...pass } },
    requests: new Map(requests.map((request) => [request.metadata.name, request])),
    lastEnded: requests[0],
    grants: new Map([['look', aGrant(active())]]),
    templates: new Map(templateRef && template ? [[templateKey(templateRef), template]] : []),
  }
  const user = { username: 'alice', groups: ['dev'] }
  return decideAccess(snapshot, {
    entry,
    user,
    now: at('13:30:00'),
    approval: { requireDigest: true, direct: anyDirect },
  })
}

describe('the request that ended last', () => {
  const hint = { name: 'look', uid: 'request-1', at: '2026-11-21T13:10:00.000000Z' }

  test('is told of: how, when and why it ended, and how to ask again', () => {
    const request = ended({ finishedAt: '2026-11-21T13:10:00.123456Z' })

    expect(decide([request], { pass: { requests: [], ended: hint } })).toMatchObject({
      code: 'E_ENDED',
      message:
        'Request look for pod shop/web-0 ended at 2026-11-21T13:10:00Z: alice revoked it: done (E_ENDED). ' +
        'Ask, and go in:\nkubectl access exec web-0 -n shop -- id',
    })
  })

  test.each<[string, AccessRequest, Partial<AccessPass['spec']>]>([
    ['is an hour old, and not in the pass any more', ended({}), { requests: [] }],
    ['is another of its name', ended({}), { requests: [], ended: { ...hint, uid: 'request-2' } }],
    [
      'has not ended',
      { ...active(), status: { ...active().status, expiresAt: '2026-11-21T14:00:00Z' } },
      { requests: [], ended: hint },
    ],
  ])('gives nothing and says nothing if it %s', (_title, request, pass) => {
    expect(decide([request], { pass })).toMatchObject({ verdict: 'deny', code: 'E_NO_PASS' })
  })

  test('is not told of while another is nearer to letting the user in', () => {
    const waiting = pending(aRequest({}, { name: 'new', uid: 'request-2' }))
    const { requests } = aPass(waiting).spec

    expect(decide([ended({}), waiting], { pass: { requests, ended: hint } })).toMatchObject({ code: 'E_PENDING' })
  })
})

describe('a request that waits says who can help', () => {
  const look = 'An approver can look at it:\nkubectl access approve look -n shop'
  const sre = { peerReview: { count: 2, reviewers: [{ kind: 'Group', name: 'sre' }] } } satisfies Challenge
  const check = { webhook: { name: 'ticket-check' } } satisfies Challenge

  test.each<[string, Challenge[] | undefined, string, string]>([
    ['an approver, without a template', undefined, '1 approver', look],
    ['an approver that its template asks for', [sre, check], '2 of sre', look],
    [
      'nobody, for a validator',
      [sre, check],
      'ticket-check',
      'Still missing: ticket-check. No approver can help with that.',
    ],
    ['nobody, for an hour', [sre], 'opens Mon 09:00', 'Still missing: opens Mon 09:00. No approver'],
  ])('%s', (_title, challenges, awaits, remedy) => {
    const template = challenges && anExecTemplate({}, { challenges })
    const templateRef = { kind: 'AccessTemplate', name: 'web' } as const
    const request = pending(aRequest(template ? { templateRef } : {}), template)
    const waiting: AccessRequest = { ...request, status: { ...request.status, message: 'it waits', awaits } }

    const decision = decide([waiting], template ? { template } : {})

    expect(decision).toMatchObject({ code: 'E_PENDING', message: expect.stringMatching(/ \(E_PENDING\)\. /) })
    expect(decision).toMatchObject({ message: expect.stringContaining(remedy) })
  })
})

test('a request that waits for something else is not told of', () => {
  const other = pending(aRequest({ exec: { pod: 'web-0', container: 'app', command: ['date'] } }))

  expect(decide([other])).toMatchObject({ code: 'E_NO_PASS' })
})
