import type { Decision, PatchOp } from '../decision/decision.ts'
import { reasonOf } from './status-body.ts'

/**
 * Makes the answer to an admission.k8s.io/v1 AdmissionReview; no other code does. It has the uid, code and text of the
 * decision. Its audit annotations join the API server's audit log with ours.
 */
export function reviewAnswer(uid: string, id: string, decision: Decision): object {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: decision.verdict === 'allow',
      ...(decision.verdict === 'deny' && {
        status: { code: decision.status, reason: reasonOf(decision.status), message: decision.message },
      }),
      ...(decision.verdict === 'allow' && decision.patch && patched(decision.patch)),
      auditAnnotations: annotations(id, decision),
    },
  }
}

function patched(patch: readonly PatchOp[]): object {
  return { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }
}

function annotations(id: string, decision: Decision): Record<string, string> {
  const would = decision.verdict === 'allow' ? decision.would : undefined
  const access = decision.verdict === 'allow' ? decision.access : undefined
  return {
    'decision-id': id,
    code: decision.code,
    ...(would && { would: would.code }),
    ...(access && {
      request: `${access.request.namespace}/${access.request.name}`,
      'request-uid': access.request.uid,
      'granted-by': access.grants.map(({ grantedBy }) => grantedBy).join(','),
      'pod-uid': access.podUID,
      'expires-at': access.expiresAt,
    }),
  }
}
