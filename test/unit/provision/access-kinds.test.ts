import { describe, expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../src/api/kinds/access-request.ts'
import { podOfAccess } from '../../../src/decision/kinds/access-kinds.ts'
import { kindOf } from '../../../src/provision/access-kinds.ts'
import type { Facts } from '../../../src/provision/facts/request-facts.ts'
import type { Plan } from '../../../src/provision/facts/request-plan.ts'
import { plan } from '../../../src/provision/plan/plan.ts'
import { aGrant, active, aRequest, at, pending } from '../../fixtures/example-access.ts'
import { planPolicy, unknownFacts } from '../../fixtures/plan-facts.ts'

const planned = (request: AccessRequest): Plan => {
  const facts: Facts = { ...unknownFacts, request, grants: [aGrant(request)], listed: true, authorized: true }
  return plan(facts, planPolicy, at('12:30:00'))
}

/** Returns the request as another version may have stored it. */
const withAccess = (request: AccessRequest, access: Pick<AccessRequest['spec'], 'exec' | 'role'>): AccessRequest => {
  const { exec: _exec, ...spec } = request.spec
  return { ...request, spec: { ...spec, ...access } }
}

describe.each<[string, Pick<AccessRequest['spec'], 'exec' | 'role'>]>([
  ['no access that is known', {}],
  ['two of them', { exec: { pod: 'web-0' }, role: {} }],
])('a request of another version that names %s', (_title, access) => {
  test.each<[string, AccessRequest]>([
    ['new', aRequest()],
    ['waiting, and granted', pending()],
    ['active', active()],
  ])('fails where it is %s, and nothing is there for it', (_state, request) => {
    expect(planned(withAccess(request, access))).toMatchObject({
      status: { phase: 'Failed', message: 'it names no kind of access that this version of Sallyport knows' },
      objects: [],
    })
  })

  test('has no pod, and nothing proves it', () => {
    const request = withAccess(active(), access)
    const kind = kindOf(request.spec)

    expect(podOfAccess(request.spec)).toBe('none')
    expect(kind.beforehand({ request, template: undefined })).toEqual([])
    expect(kind.provenBy({ request, template: undefined })).toEqual({ by: 'questions', questions: [] })
  })
})

test('an exec is proven by both verbs of exec on the one pod, and by nothing before that is known', () => {
  const proof = (request: AccessRequest): unknown => kindOf(request.spec).provenBy({ request, template: undefined })
  const where = { group: '', resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'web-0' }

  expect(proof(active())).toEqual({
    by: 'questions',
    questions: [
      { ...where, verb: 'get' },
      { ...where, verb: 'create' },
    ],
  })
  expect(proof(aRequest())).toEqual({ by: 'questions', questions: [] })
})
