import type { Review } from '../../src/api/review/admission-review.ts'
import type { AccessRequest } from '../../src/api/kinds/access-request.ts'
import { apiVersion } from '../../src/api/kinds/kind.ts'
import type { ValidationCall } from '../../src/api/validator-call.ts'
import { allowed } from '../../src/decision/decision.ts'
import { stampGrant, stampRequest } from '../../src/decision/admission/stamp.ts'
import {
  questionOfChallenge,
  questionOfGrant,
  questionOfRequest,
  type ValidatorQuestion,
} from '../../src/decision/admission/validator-questions.ts'

const id = '5c4c5b0e-3d0e-4f3b-8a5e-0a8f3f1f2d11'
const alice = { username: 'alice', groups: ['dev'] }
const bob = { username: 'bob', groups: ['sre'] }
const spec = {
  templateRef: { kind: 'AccessTemplate', name: 'web' },
  reason: 'OPS-42 stuck queue',
  duration: '30m',
  exec: { pod: 'web-0', container: 'app', command: ['cat', '/etc/app.yaml'] },
  attributes: { ticket: 'OPS-42' },
} as const satisfies Partial<AccessRequest['spec']>
const digest = 'b1946ac92492d2347c6235b4d2611184c1b5d2d5a1f0e9d8c7b6a59483726150'
const waiting: AccessRequest = {
  apiVersion,
  kind: 'AccessRequest',
  metadata: {
    ...{ namespace: 'shop', name: 'look', uid: id },
    ...{ resourceVersion: '7', generation: 1, creationTimestamp: '2026-11-22T08:00:00Z' },
  },
  spec: { ...spec, exec: { ...spec.exec, command: [...spec.exec.command] }, requestor: alice },
  status: {
    target: { pod: 'web-0', podUID: '7d0f1c9a-51a4-4c39-9d2a-2f6f2f0f7a01', container: 'app', image: 'shop/web:1.4' },
    digest,
  },
}

function created(object: object, userInfo: Review['userInfo']): Review {
  const resource = { group: 'access.sallyport.dev', version: 'v1alpha1', resource: '' }
  const kind = { group: resource.group, version: resource.version, kind: '' }
  return { uid: id, kind, resource, operation: 'CREATE', namespace: 'shop', name: 'look', userInfo, object }
}

/** Returns example calls for the docs. The rules that make real calls make them. */
export function validationExamples(): readonly ValidationCall[] {
  const asked = questionOfRequest(
    created({ spec }, alice),
    allowed('STAMPED', '', { patch: stampRequest(spec, undefined, alice) }),
  )
  const grant = { requestRef: { name: 'look' }, verdict: 'Approved', digest: digest.slice(0, 12) }
  const granted = questionOfGrant(
    created({ spec: grant }, bob),
    allowed('STAMPED', '', { patch: stampGrant(undefined, id, bob) }),
    waiting,
  )
  const questions: readonly (ValidatorQuestion | undefined)[] = [
    ...[asked, granted].map((one) => ('question' in one ? one.question : undefined)),
    questionOfChallenge(waiting),
  ]
  const envelope = { id: '3f0c1d2e-8a4b-4c6d-9e0f-112233445566.ticket-check', source: '/sallyport' }
  return questions.flatMap((question) => (question ? [{ ...envelope, validator: 'ticket-check', ...question }] : []))
}
