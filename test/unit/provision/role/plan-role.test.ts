import { describe, expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import type { AccessTemplate } from '../../../../src/api/kinds/access-template.ts'
import { apiVersion } from '../../../../src/api/kinds/kind.ts'
import { isProvidedName, providedName } from '../../../../src/api/provided-object.ts'
import { plan } from '../../../../src/provision/plan/plan.ts'
import { roleBindings } from '../../../../src/provision/role/role-objects.ts'
import { installationOwner } from '../../../../src/api/installation-owner.ts'
import type { Facts } from '../../../../src/provision/facts/request-facts.ts'
import type { Plan } from '../../../../src/provision/facts/request-plan.ts'
import { aRequest, at } from '../../../fixtures/example-access.ts'
import { planPolicy, unknownFacts } from '../../../fixtures/plan-facts.ts'

const policy = { ...planPolicy, retentionMs: 86_400_000 }
const view = { kind: 'ClusterRole', name: 'view' } as const
const template: AccessTemplate = {
  apiVersion,
  kind: 'AccessTemplate',
  metadata: {
    name: 'view',
    namespace: 'shop',
    uid: 'template-1',
    generation: 3,
    resourceVersion: '1',
    creationTimestamp: '2026-11-21T11:00:00Z',
  },
  spec: { subjects: [{ kind: 'Group', name: 'dev' }], access: { role: { bindings: [{ roleRef: view }] } } },
}
const asked = (() => {
  const { exec: _exec, ...request } = aRequest().spec
  return aRequest({ ...request, role: {}, templateRef: { kind: 'AccessTemplate', name: 'view' } })
})()
const request: AccessRequest = {
  ...asked,
  spec: JSON.parse(JSON.stringify({ ...asked.spec, exec: undefined })) as AccessRequest['spec'],
}

function planned(facts: Partial<Facts>, now = at('12:00:00')): Plan {
  return plan({ ...unknownFacts, pod: undefined, request, template, ...facts }, policy, now)
}

const after = ({ status }: Plan): AccessRequest => ({ ...request, status })
const pending = after(planned({}))
const times = { approvedAt: '2026-11-21T12:00:00.000000Z', expiresAt: '2026-11-21T13:00:00.000000Z' }
const approved: AccessRequest = {
  ...pending,
  status: { ...pending.status, phase: 'Approved', approvals: [], ...times },
}

describe('a request for roles', () => {
  test('is told what it gives, and its digest covers that', () => {
    expect(pending.status).toMatchObject({
      phase: 'Pending',
      bindings: [{ roleRef: view, namespace: 'shop' }],
      message: 'it is being looked at',
      conditions: [{ type: 'TargetResolved', status: 'True' }],
    })
    const challenges = [{ peerReview: { count: 1, reviewers: [{ kind: 'Group' as const, name: 'sre' }] } }]
    expect(planned({ template: { ...template, spec: { ...template.spec, challenges } } }).status.message).toBe(
      'waits for approval, for ClusterRole view in namespace shop: it needs approval by 1 more of group sre',
    )
    const more: AccessTemplate = {
      ...template,
      spec: { ...template.spec, access: { role: { bindings: [{ roleRef: { ...view, name: 'edit' } }] } } },
    }
    expect(planned({ template: more }).status.digest).not.toBe(pending.status?.digest)
  })

  test('nothing is bound before it is approved, nor before it begins', () => {
    expect(planned({ request: pending }).objects).toEqual([])
    const later = { ...approved, spec: { ...approved.spec, startAt: '2026-11-21T12:30:00Z' } }
    const scheduled = planned({ request: { ...later, status: { ...later.status, phase: 'Scheduled' } } })
    expect(scheduled).toMatchObject({ objects: [], wakeAt: at('12:30:00') })
  })

  test('then it is bound to who asked, and ready once that was seen', () => {
    const first = planned({ request: approved })
    expect(first).toMatchObject({
      status: { phase: 'Approved' },
      objects: [{ kind: 'RoleBinding', roleRef: view, subjects: [{ kind: 'User', name: 'alice' }] }],
      wakeAt: at('13:00:00'),
    })
    expect(planned({ request: after(first), bound: true }).status).toMatchObject({
      phase: 'Active',
      accessMessage: 'kubectl auth can-i --list -n shop',
      resources: [{ kind: 'RoleBinding', namespace: 'shop', name: `${providedName('request-1')}-0` }],
    })
  })

  test('what its status lists gives nothing: other bindings than were approved end it', () => {
    const forged = { ...approved, status: { ...approved.status, digest: 'f'.repeat(64), shortDigest: 'f'.repeat(12) } }
    expect(planned({ request: forged })).toMatchObject({ status: { phase: 'Failed' }, objects: [] })
    const listed = { ...approved, status: { ...approved.status, bindings: [{ roleRef: { ...view, name: 'admin' } }] } }
    expect(planned({ request: listed }).objects).toMatchObject([{ roleRef: { name: 'view' } }])
  })

  test.each<[string, Partial<Facts>, string, string]>([
    ['its time is over', {}, 'Expired', 'its time is over'],
    [
      'its template changed',
      { template: { ...template, metadata: { ...template.metadata, generation: 4 } } },
      'Revoked',
      'AccessTemplate view was changed',
    ],
    ['its template is gone', { template: undefined }, 'Revoked', 'AccessTemplate view is gone'],
  ])('nothing is left once %s', (_title, facts, phase, message) => {
    const now = phase === 'Expired' ? at('13:00:00') : at('12:30:00')
    expect(planned({ request: approved, ...facts }, now)).toMatchObject({ status: { phase, message }, objects: [] })
  })
})

describe('a binding', () => {
  const there = { roleRef: view, namespace: 'shop' }
  test('is owned by its request in its own namespace, and says elsewhere whose it is', () => {
    const [own, far, wide] = roleBindings(
      request,
      [there, { roleRef: view, namespace: 'prod' }, { roleRef: view }],
      'alice',
      installationOwner('role-1'),
    )

    expect(own?.metadata.ownerReferences).toMatchObject([{ uid: 'request-1' }])
    for (const one of [far, wide]) {
      // An uninstall takes the requests away, and then nobody would remove what they cannot own.
      expect(one?.metadata.ownerReferences).toEqual([installationOwner('role-1')])
      expect(one?.metadata.annotations).toEqual({
        'access.sallyport.dev/request': 'look',
        'access.sallyport.dev/request-namespace': 'shop',
      })
    }
    expect(wide).toMatchObject({ kind: 'ClusterRoleBinding' })
    expect(wide?.metadata).not.toHaveProperty('namespace')
  })

  test.each<[string, object]>([
    ['alice', { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'alice' }],
    ['system:serviceaccount:shop:robot', { kind: 'ServiceAccount', name: 'robot', namespace: 'shop' }],
    [
      'system:serviceaccount:shop',
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'system:serviceaccount:shop' },
    ],
  ])('of %s names nobody else', (username, subject) => {
    expect(roleBindings(request, [there], username)[0]?.['subjects']).toEqual([subject])
  })

  test.each([
    ['sallyport-a', true],
    ['sallyport-a-0', true],
    ['sallyport-a-31', true],
    ['sallyport-a-', false],
    ['sallyport-a-x', false],
    ['sallyport-a-0-0', false],
    ['sallyport-ab', false],
    ['cluster-admin', false],
  ])('named %s is of request a: %p', (name, is) => {
    expect(isProvidedName('a', name)).toBe(is)
  })
})
