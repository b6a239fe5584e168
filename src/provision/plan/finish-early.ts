import type { Instant } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Pod } from '../../api/pod.ts'
import { kindOf } from '../access-kinds.ts'
import { finish, type AccessEnd } from '../facts/finish.ts'
import type { Plan } from '../facts/request-plan.ts'

/** Ends a request whose access may still be in use, and tells what it leaves behind. */
export function finishEarly(
  request: AccessRequest,
  { phase, message }: AccessEnd,
  { pod, now }: { readonly pod: Pod | undefined; readonly now: Instant },
): Plan {
  const left = kindOf(request.spec).leaves(request, pod)
  if (!left) return finish(request, phase, message, now)
  const next = finish(request, phase, `${message}; ${left.says}`, now)
  return { ...next, status: { ...next.status, ...(left.task && { task: left.task }) } }
}
