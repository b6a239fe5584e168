import { expect, test } from '@jest/globals'
import type { AccessGrant } from '../../../../src/api/kinds/access-grant.ts'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import type { AccessTemplate } from '../../../../src/api/kinds/access-template.ts'
import type { Decision } from '../../../../src/decision/decision.ts'
import { decideAccess } from '../../../../src/decision/gate/gate.ts'
import { aGrant, aPass, aPod, active, aRequest, aTemplate, at } from '../../../fixtures/example-access.ts'
import { anyDirect } from '../../../fixtures/any-direct.ts'

// Under a template with reviewers, the gate counts the approvals itself.

interface Case {
  readonly request?: AccessRequest
  readonly grants?: readonly AccessGrant[]
  readonly template?: AccessTemplate | undefined
}

const reviewers = [{ kind: 'Group', name: 'sre' } as const]
const template = aTemplate({ challenges: [{ peerReview: { count: 2, reviewers } }] })
const request = active(aRequest({ templateRef: { kind: 'AccessTemplate', name: 'web' } }), template)
const bob = { username: 'bob', groups: ['sre'] }
const carol = { username: 'carol', groups: ['sre'] }
const people = [bob, carol]
const grantOf = (grantedBy: typeof bob, index: number): AccessGrant =>
  aGrant(request, { grantedBy }, { name: `grant-${index}`, uid: `uid-${index}` })
const approvals = people.map(({ username }, index) => ({
  ...{ name: `grant-${index}`, uid: `uid-${index}` },
  grantedBy: username,
}))
const counted = (count: number, given: Case = {}): Decision => {
  const asked = { ...request, status: { ...request.status, approvals: approvals.slice(0, count) } }
  const { request: live, grants, template: now } = { request: asked, grants: people.map(grantOf), template, ...given }
  const snapshot = {
    pod: aPod(),
    pass: aPass(live),
    requests: new Map([[live.metadata.name, live]]),
    grants: new Map(grants.map((grant) => [grant.metadata.name, grant])),
    controllers: [],
    templates: new Map([['AccessTemplate/web', now]]),
  }
  const exec = { way: 'pods/exec', namespace: 'shop', name: 'web-0', container: 'app', command: ['id'] } as const
  const entry = { ...exec, stdin: false, tty: false }
  const approval = { requireDigest: true, direct: anyDirect }
  return decideAccess(snapshot, { entry, user: { username: 'alice', groups: ['dev'] }, now: at('12:30:00'), approval })
}

test('both let in', () => {
  expect(counted(2)).toMatchObject({ verdict: 'allow', why: 'request look, granted by bob, carol' })
})

test.each<[string, number, Case, string]>([
  ['one approval in the status does not do', 1, {}, 'it needs approval by 1 more of group sre'],
  ['none does even less', 0, {}, 'it needs approval by 2 more of group sre'],
  [
    'one that is gone is missed',
    2,
    { grants: people.slice(0, 1).map(grantOf) },
    'grant grant-1 of carol was withdrawn',
  ],
  [
    'one by somebody who is no reviewer is none',
    2,
    {
      grants: [bob, { username: 'carol', groups: ['dev'] }].map(grantOf),
    },
    'grant grant-1 of carol was withdrawn',
  ],
  ['two by one person are one', 2, { grants: [bob, bob].map(grantOf) }, 'it needs approval by 1 more of group sre'],
  [
    'one by who asked is none',
    2,
    { grants: [bob, { username: 'alice', groups: ['sre'] }].map(grantOf) },
    'grant grant-1 of carol was withdrawn',
  ],
  ['a template that is gone lets nobody in', 2, { template: undefined }, 'AccessTemplate web is gone'],
  [
    'one that was changed neither',
    2,
    { template: { ...template, metadata: { ...template.metadata, generation: 2 } } },
    'AccessTemplate web was changed',
  ],
])('%s', (_title, count, given, text) => {
  expect(counted(count, given)).toMatchObject({ code: 'E_ENDED', message: expect.stringContaining(text) })
})

test('who needs no approval is let in by the template alone', () => {
  const open = aTemplate({ challenges: [] })

  expect(counted(0, { template: open })).toMatchObject({
    verdict: 'allow',
    why: 'request look, granted by its template',
  })
})

test('what waits for its hours is not let in, and the text says what it waits for', () => {
  const { approvedAt, expiresAt, ...status } = request.status ?? {}
  const scheduled = {
    ...request,
    status: { ...status, phase: 'Scheduled' as const, message: 'the time window opens later' },
  }

  expect(counted(0, { request: scheduled })).toMatchObject({
    code: 'E_PENDING',
    message: expect.stringContaining('Request look is not approved yet: the time window opens later (E_PENDING)'),
  })
})
