import type { Instant } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Plan } from '../facts/request-plan.ts'
import { addedWithinMs } from '../task/undo-step.ts'

/** Plans the undo for a request that has ended. The pod tells when to look again. */
export function planUndo({ metadata, status = {} }: AccessRequest, now: Instant): Plan {
  const ended = Date.parse(status.finishedAt ?? metadata.deletionTimestamp ?? '') || now
  const late = ended + addedWithinMs
  const isLate = now >= late
  return { status, objects: [], then: { do: 'task', step: { is: 'undo', isLate } }, ...(!isLate && { wakeAt: late }) }
}
