import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { RequestRef } from '../../api/kinds/references.ts'
import type { ControllerWork } from '../../audit/event/controller-event.ts'
import { undoText } from '../../provision/task/undo-step.ts'
import type { RequestLoopOptions } from './request-loop.ts'

interface RequestTellerOptions {
  readonly tell: (happening: ControllerWork) => void
  readonly log: { warn(fields: object, message: string): void }
}

/** Tells the log and the audit what becomes of requests. */
export type RequestTeller = Pick<RequestLoopOptions, 'onPhase' | 'onDrift' | 'onPod' | 'onUndone'>

export function createRequestTeller({ tell, log }: RequestTellerOptions): RequestTeller {
  return {
    onPhase(reached) {
      tell({ what: 'phase', ...reached })
    },
    onDrift({ metadata: { namespace, name, uid } }, changes) {
      log.warn({ namespace, name, uid, changes }, 'what was made for a live access had been changed or deleted')
    },
    onPod(request, pod) {
      tell({ what: 'objects', verb: 'provisioned', request: refOf(request), objects: [pod] })
    },
    onUndone({ request, undo, step }) {
      const { namespace } = request
      const pod = { kind: 'Pod', namespace, name: undo.pod, uid: undo.podUID }
      tell({ what: 'undo', request, objects: [pod], isUndone: step.isUndone, message: undoText(undo, step) })
    },
  }
}

function refOf({ metadata: { namespace, name, uid } }: AccessRequest): RequestRef {
  return { namespace, name, uid }
}
