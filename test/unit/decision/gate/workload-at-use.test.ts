import { expect, test } from '@jest/globals'
import type { Target } from '../../../../src/api/kinds/access-request-status.ts'
import type { OwnerReference } from '../../../../src/api/owner-reference.ts'
import type { Decision } from '../../../../src/decision/decision.ts'
import { requestDigest } from '../../../../src/decision/digest.ts'
import { decideAccess } from '../../../../src/decision/gate/gate.ts'
import type { Owner } from '../../../../src/decision/pod/owner-chain.ts'
import { plan } from '../../../../src/provision/plan/plan.ts'
import { aGrant, aPass, aPod, active, aRequest, at, pending } from '../../../fixtures/example-access.ts'
import { aTemplate } from '../../../fixtures/example-template.ts'
import { planPolicy, unknownFacts } from '../../../fixtures/plan-facts.ts'
import { anyDirect } from '../../../fixtures/any-direct.ts'

const template = aTemplate()
const workload = { kind: 'Deployment', name: 'web', uid: 'deployment-1' }
const asked = aRequest({ templateRef: { kind: 'AccessTemplate', name: 'web' } })

/** Returns a request whose pod belonged to Deployment web when it was found. */
function ofWorkload(request: typeof asked): typeof asked {
  const { metadata, spec, status } = request
  const target = { ...status?.target, workload } as Target
  const digest = requestDigest(metadata.uid, spec, target, status?.template)
  return { ...request, status: { ...status, target, digest, shortDigest: digest.slice(0, 12) } }
}
const granted = ofWorkload(active(asked, template))

const controlledBy = (uid: string): OwnerReference[] => [
  { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: uid, uid, controller: true },
]
const replicaSet: Owner = {
  metadata: { uid: 'web-1', ownerReferences: controlledBy('deployment-1') },
  spec: { selector: { matchLabels: { app: 'web', hash: '1' } } },
}
const deployment: Owner = { metadata: { uid: 'deployment-1' }, spec: { selector: { matchLabels: { app: 'web' } } } }
const chain = [replicaSet, deployment]
const member = { ownerReferences: controlledBy('web-1'), labels: { app: 'web', hash: '1' } }

function used(metadata: object, controllers: readonly Owner[]): Decision {
  const snapshot = {
    pod: aPod({ metadata }),
    pass: aPass(granted),
    controllers,
    requests: new Map([['look', granted]]),
    grants: new Map([['look', aGrant(granted)]]),
    templates: new Map([['AccessTemplate/web', template]]),
  }
  const exec = { way: 'pods/exec', namespace: 'shop', name: 'web-0', container: 'app', command: ['id'] } as const
  const user = { username: 'alice', groups: ['dev'] }
  const tried = { entry: { ...exec, stdin: false, tty: false }, user, now: at('12:30:00') }
  return decideAccess(snapshot, { ...tried, approval: { requireDigest: true, direct: anyDirect } })
}

test('an access to a pod of the workload lets in', () => {
  expect(used(member, chain)).toMatchObject({ verdict: 'allow' })
})

test.each<[string, object, readonly Owner[]]>([
  ['its owner let go of it', { labels: member.labels }, chain],
  ['it claims an owner, and has other labels', { ...member, labels: { app: 'db' } }, chain],
  ['it has the labels, and another owner', { ...member, ownerReferences: controlledBy('own') }, chain],
  ['what controls it is gone', member, [deployment]],
  ['what controls it belongs to nobody any more', member, [{ ...replicaSet, metadata: { uid: 'web-1' } }, deployment]],
])('none where %s, since it was approved', (_title, metadata, controllers) => {
  expect(used(metadata, controllers)).toMatchObject({
    verdict: 'deny',
    code: 'E_ENDED',
    message: expect.stringContaining('pod web-0 does not belong to Deployment web any more') as unknown,
  })
})

test.each([
  ['granted', granted],
  ['waiting', ofWorkload(pending(asked, template))],
])('the controller ends it where it is %s, and looks live first', (_title, request) => {
  const facts = {
    ...unknownFacts,
    request,
    template,
    workload,
    grants: [aGrant(request)],
    listed: true,
    authorized: true,
  }
  const status = (isOfWorkload: boolean): object => plan({ ...facts, isOfWorkload }, planPolicy, at('12:30:00')).status

  expect(status(false)).toMatchObject({
    phase: 'Failed',
    message: 'pod web-0 does not belong to Deployment web any more',
  })
  expect(status(true)).not.toMatchObject({ phase: 'Failed' })
})
