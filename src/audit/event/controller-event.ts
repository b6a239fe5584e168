import { createHash } from 'node:crypto'
import type { AuditEvent, AuditFinding, AuditType, MadeObject } from '../../api/audit-event.ts'
import type { RequestRef } from '../../api/kinds/references.ts'
import { envelope, type AuditOrigin } from './audit-event.ts'
import { fittedEvent } from './fitted-event.ts'
import { eventOfPhase, type PhaseReached } from './phase-event.ts'
import type { Redactor } from './redact.ts'

/** Work or a finding of the controller. It did not come by admission. */
export type ControllerWork =
  | ({ readonly what: 'phase' } & PhaseReached)
  | {
      readonly what: 'objects'
      readonly verb: 'provisioned' | 'repaired' | 'removed'
      readonly request: RequestRef
      readonly objects: readonly MadeObject[]
      readonly count?: number
    }
  | {
      readonly what: 'undo'
      readonly request: RequestRef
      readonly objects: readonly MadeObject[]
      /** False if the effect of the task may still be there. */
      readonly isUndone: boolean
      readonly message: string
      readonly count?: number
    }
  | {
      readonly what: 'tampering'
      readonly request?: RequestRef
      readonly objects: readonly MadeObject[]
      readonly finding: AuditFinding
      readonly message: string
      /** The same text for each time that it is found. Without it, each finding is a separate one. */
      readonly key?: string
      readonly count?: number
    }

/** Returns the event of it; undefined for a request that has no phase yet. */
export function controllerEvent(
  happening: ControllerWork,
  origin: AuditOrigin,
  redactor: Redactor,
): AuditEvent | undefined {
  if (happening.what === 'phase') return eventOfPhase(happening, origin, redactor)
  const { request, objects, count } = happening
  const type = typeOf(happening)
  const subject = subjectOf(happening)
  const more = happening.what !== 'objects' && messageOf(happening)
  return fittedEvent({
    ...envelope(type, idOf(happening, origin), origin),
    ...(subject !== undefined && { subject }),
    data: { request, objects, ...more, ...(count !== undefined && count > 1 && { count }) },
  })
}

type Found = Exclude<ControllerWork, { what: 'phase' }>

function typeOf(happening: Found): AuditType {
  switch (happening.what) {
    case 'objects':
      return `objects.${happening.verb}`
    case 'undo':
      return happening.isUndone ? 'task.undone' : 'task.left'
    case 'tampering':
      return 'tamper.found'
  }
}

function messageOf(happening: Exclude<Found, { what: 'objects' }>): Partial<AuditEvent['data']> {
  const { message } = happening
  return happening.what === 'undo' ? { message } : { finding: happening.finding, message }
}

function subjectOf({ request, objects: [first] }: Found): string | undefined {
  const about = request ?? first
  if (!about) return undefined
  return about.namespace === undefined ? about.name : `${about.namespace}/${about.name}`
}

/** Returns an id by what happened: told twice, it is the same event. */
function idOf(happening: Found, { now }: AuditOrigin): string {
  const objects = happening.objects.map(({ kind, namespace, name, uid }) => [kind, namespace, name, uid])
  const { same: what, isOnce } = sameness(happening)
  const same = [what, happening.request?.uid, objects, isOnce ? undefined : now]
  const hash = createHash('sha256').update(JSON.stringify(same)).digest('hex').slice(0, 32)
  return `${happening.what}.${hash}`
}

/** Returns what tells a happening from others, and if it happens once. */
function sameness(happening: Found): { readonly same: unknown; readonly isOnce: boolean } {
  switch (happening.what) {
    case 'objects':
      return { same: happening.verb, isOnce: happening.verb !== 'repaired' }
    case 'undo':
      return { same: happening.what, isOnce: true }
    case 'tampering':
      return { same: happening.key ?? happening.finding, isOnce: happening.key !== undefined }
  }
}
