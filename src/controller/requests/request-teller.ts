import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { RequestRef } from '../../api/kinds/references.ts'
import { phaseEventId } from '../../audit/event/audit-event.ts'
import type { ControllerWork } from '../../audit/event/controller-event.ts'
import type { RequestLoopOptions } from './request-loop.ts'

interface RequestTellerOptions {
  readonly tell: (happening: ControllerWork) => void
  readonly log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
  }
}

/** Tells the log and the audit what becomes of requests. */
export type RequestTeller = Pick<RequestLoopOptions, 'onPhase' | 'onDrift' | 'onPod'>

export function createRequestTeller({ tell, log }: RequestTellerOptions): RequestTeller {
  return {
    onPhase(request) {
      const { metadata, spec, status } = request
      const { namespace, name, uid } = metadata
      const { phase, message, expiresAt } = status ?? {}
      const id = phaseEventId(request)
      const user = spec.requestor?.username
      log.info({ id, namespace, name, uid, user, phase, message, expiresAt }, 'request changed')
      tell({ what: 'phase', request })
    },
    onDrift({ metadata: { namespace, name, uid } }, changes) {
      log.warn({ namespace, name, uid, changes }, 'what was made for a live access had been changed or deleted')
    },
    onPod(request, pod) {
      tell({ what: 'objects', verb: 'provisioned', request: refOf(request), objects: [pod] })
    },
  }
}

function refOf({ metadata: { namespace, name, uid } }: AccessRequest): RequestRef {
  return { namespace, name, uid }
}
