import type { AccessRequestStatus } from '../../api/kinds/access-request-status.ts'
import { cut } from '../../api/printable.ts'
import { isFinished, isTakenUp } from '../../decision/phase.ts'
import { boundedDuration } from '../../decision/admission/direct-rules.ts'
import { kindOf } from '../access-kinds.ts'
import { withoutAwaits } from '../facts/finish.ts'
import type { RequestFacts } from '../facts/request-facts.ts'
import type { Plan, ResolvePolicy } from '../facts/request-plan.ts'

// A summary is a cell of a table.
const maxSummary = 256

/** Returns the status with the words that a table shows of it: what runs, for how long, and what is still missing. */
export function described(
  facts: RequestFacts,
  { status, awaits }: Plan,
  { direct }: ResolvePolicy,
): AccessRequestStatus {
  const request = { ...facts.request, status }
  // Once it is known what a request is about, that stays. Its template may change, and then ends it.
  const isTold = isTakenUp(facts.request) && facts.request.status?.summary !== undefined
  const asked = boundedDuration(request.spec, facts.template, direct)
  const told = isTold
    ? {}
    : {
        summary: cut(kindOf(request.spec).summary({ ...facts, request }), maxSummary),
        // An earlier version approved it, and did not write for how long.
        ...(status.approvedAt === undefined && { duration: asked }),
      }
  const missing = awaits === undefined || isFinished(request) ? {} : { awaits: cut(awaits, maxSummary) }
  return { ...withoutAwaits(status), ...told, ...missing }
}
