import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import type { AccessTemplate } from '../../../../src/api/kinds/access-template.ts'
import type { Decision } from '../../../../src/decision/decision.ts'
import { decideAccess } from '../../../../src/decision/gate/gate.ts'
import { aGrant, aPass, aPod, active, aRequest, aTemplate, at, pending } from '../../../fixtures/example-access.ts'
import { anyDirect } from '../../../fixtures/any-direct.ts'

const ofTemplate = { templateRef: { kind: 'AccessTemplate', name: 'web' } } as const
const sre = { kind: 'Group', name: 'sre' } as const

interface Case {
  readonly groups?: readonly string[]
  readonly request?: (template: AccessTemplate) => AccessRequest
}

/** Returns the decision on alice's exec with a login of these groups. */
function decide(template: AccessTemplate, { groups = [], request: made = granted }: Case = {}): Decision {
  const request = made(template)
  const snapshot = {
    pod: aPod(),
    pass: aPass(request),
    requests: new Map([['look', request]]),
    grants: new Map([['look', aGrant(request)]]),
    controllers: [],
    templates: new Map([['AccessTemplate/web', template]]),
  }
  const exec = { way: 'pods/exec', namespace: 'shop', name: 'web-0', container: 'app', command: ['id'] } as const
  const entry = { ...exec, stdin: false, tty: false }
  const user = { username: 'alice', groups: [...groups] }
  return decideAccess(snapshot, {
    entry,
    user,
    now: at('12:30:00'),
    approval: { requireDigest: true, direct: anyDirect },
  })
}

const granted = (template: AccessTemplate): AccessRequest => active(aRequest(ofTemplate), template)
const reviewed = { challenges: [{ peerReview: { count: 1, reviewers: [sre] } }] }

describe('a login without the group that the template is for', () => {
  test.each([undefined, 'AtUse'] as const)('is not let in where membership is %s', (membership) => {
    const template = aTemplate({ ...reviewed, ...(membership && { membership }) })

    expect(decide(template, { groups: ['dev'] })).toMatchObject({ verdict: 'allow' })
    expect(decide(template, { groups: ['system:authenticated'] })).toMatchObject({
      verdict: 'deny',
      code: 'E_TEMPLATE_NOT_YOURS',
      message:
        'AccessTemplate web is for group dev, but this login of alice is not one of them (E_TEMPLATE_NOT_YOURS). ' +
        'Sallyport checks membership at each use. Log in again as a member, or ask under another template.',
    })
  })

  test('is let in where the template asks for it AtRequest', () => {
    expect(decide(aTemplate({ ...reviewed, membership: 'AtRequest' }))).toMatchObject({ verdict: 'allow' })
  })

  test('is told first what the request waits for', () => {
    const waiting = (template: AccessTemplate): AccessRequest => pending(aRequest(ofTemplate), template)

    expect(decide(aTemplate(reviewed), { request: waiting })).toMatchObject({ code: 'E_PENDING' })
  })

  test('is let in where the template names the user besides', () => {
    const subjects = [{ kind: 'Group', name: 'dev' } as const, { kind: 'User', name: 'alice' } as const]

    expect(decide(aTemplate({ ...reviewed, subjects }))).toMatchObject({ verdict: 'allow' })
  })
})

test('whatever groups a login has, it is let in just where it has one that is named', () => {
  const group = fc.constantFrom('dev', 'ops', 'sre', 'system:authenticated', 'de', 'dev ', 'DEV')
  fc.assert(
    fc.property(fc.uniqueArray(group), fc.uniqueArray(group, { minLength: 1 }), (groups, names) => {
      const subjects = names.map((name) => ({ kind: 'Group', name }) as const)
      const decision = decide(aTemplate({ ...reviewed, subjects }), { groups })

      expect(decision.verdict).toBe(groups.some((one) => names.includes(one)) ? 'allow' : 'deny')
    }),
  )
})
