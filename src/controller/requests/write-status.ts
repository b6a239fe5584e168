import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import type { PhaseReached } from '../../audit/event/phase-event.ts'
import { mergePatch } from '../../cluster/apply/manifest-difference.ts'
import type { Client } from '../../cluster/client/client.ts'
import { canonicalJson } from '../../decision/canonical-json.ts'
import type { Plan } from '../../provision/facts/request-plan.ts'
import type { RequestLook } from './look.ts'

export interface StatusWriterOptions {
  readonly client: Client
  /** Is told of each change of phase, once it is written. */
  readonly onPhase: (reached: PhaseReached) => void
}

/** Writes the status of a request, unless it is that already. Returns the request as it is then. */
export type WriteStatus = (
  request: AccessRequest,
  next: Pick<Plan, 'status' | 'by' | 'approvers'>,
  look: RequestLook,
) => Promise<AccessRequest>

export function createStatusWriter({ client, onPhase }: StatusWriterOptions): WriteStatus {
  return async (request, { status, by, approvers }, look) => {
    if (canonicalJson(status) === canonicalJson(request.status ?? {})) return request
    // The patch applies only to what was read: a plan made from an old request must not count.
    const change = mergePatch(request.status ?? {}, status)
    const written = (await client.patchStatus(
      accessRequestKind,
      request.metadata,
      change,
      look.signal,
    )) as AccessRequest
    look.latest = written
    if (written.status?.phase !== request.status?.phase) onPhase({ request: written, by, approvers })
    return written
  }
}
