import type { Decision } from '../decision/decision.ts'
import { reasonOf } from './status-body.ts'

/**
 * The one place where an admission.k8s.io/v1 AdmissionReview is answered: uid, code and text of the decision, and
 * audit annotations that join the API server's audit log with ours.
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
      auditAnnotations: annotations(id, decision),
    },
  }
}

function annotations(id: string, decision: Decision): Record<string, string> {
  const would = decision.verdict === 'allow' ? decision.would : undefined
  return { 'decision-id': id, code: decision.code, ...(would && { would: would.code }) }
}
