import type { Instant } from '../../api/duration.ts'
import { accessOf } from '../../api/accesses.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import { namedPod } from '../../decision/kinds/access-kinds.ts'
import { isFinished, isGranted } from '../../decision/phase.ts'
import { ageText } from '../output/age.ts'
import type { Columns } from '../output/formats.ts'
import type { Row } from '../output/table.ts'
import { timeOfDay } from '../output/time-of-day.ts'
import { madeAt } from '../request/request-times.ts'

/** The columns of `list`. */
export function requestColumns(now: Instant, everywhere: boolean): Columns<AccessRequest> {
  return withNamespace(everywhere, {
    titles: ['name', 'who', 'what', 'for', 'phase', 'awaits', 'age'],
    wideTitles: ['reason', 'digest', 'expires'],
    cells(request) {
      const { metadata, spec, status } = request
      return [
        metadata.name,
        spec.requestor?.username,
        whatText(request),
        status?.duration ?? spec.duration,
        metadata.deletionTimestamp === undefined ? status?.phase : 'being deleted',
        status?.awaits,
        ageText(madeAt(request), now),
        spec.reason,
        status?.shortDigest,
        localTime(status?.expiresAt, now),
      ]
    },
  })
}

/** The columns of `history`. */
export function historyColumns(now: Instant, everywhere: boolean): Columns<AccessRequest> {
  return withNamespace(everywhere, {
    titles: ['name', 'who', 'what', 'made', 'ended', 'how'],
    wideTitles: ['for', 'template', 'reason', 'said'],
    cells(request) {
      const { metadata, spec, status } = request
      return [
        metadata.name,
        spec.requestor?.username,
        whatText(request),
        timeOfDay(madeAt(request), now),
        localTime(status?.finishedAt, now),
        howItEnded(request, now),
        status?.duration ?? spec.duration,
        spec.templateRef?.name,
        spec.reason,
        status?.message,
      ]
    },
  })
}

/** Says in a few words how a request ended, or how it stands. */
export function howItEnded(request: AccessRequest, now: Instant): string {
  const { status } = request
  const phase = status?.phase ?? 'Pending'
  if (isFinished(request)) return phase + revokedBy(request)
  const end = localTime(status?.expiresAt, now)
  if (isGranted(status)) return phase + (end === undefined ? '' : ` until ${end}`)
  return phase + (status?.awaits === undefined ? '' : `: ${status.awaits}`)
}

function revokedBy({ spec: { revoked }, status }: AccessRequest): string {
  return revoked && status?.phase === 'Revoked' ? ` by ${revoked.by?.username ?? 'somebody'}` : ''
}

/** Says in a few words what a request asks for. The controller writes a better text once it has looked. */
function whatText({ spec, status }: AccessRequest): string | undefined {
  const name = accessOf(spec)?.name
  return status?.summary ?? (name && [name, namedPod(spec)].filter(Boolean).join(' '))
}

function localTime(time: string | undefined, now: Instant): string | undefined {
  const at = fromMicroTime(time ?? '')
  return at === undefined ? undefined : timeOfDay(at, now)
}

function withNamespace(everywhere: boolean, columns: Columns<AccessRequest>): Columns<AccessRequest> {
  if (!everywhere) return columns
  return {
    ...columns,
    titles: ['namespace', ...columns.titles],
    cells: (request): Row => [request.metadata.namespace, ...columns.cells(request)],
  }
}
