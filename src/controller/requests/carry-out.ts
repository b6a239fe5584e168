import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Manifest } from '../../api/manifest.ts'
import type { ApplySet, Change } from '../../cluster/apply/apply-set.ts'
import { kindOf } from '../../provision/access-kinds.ts'
import { isRefused } from '../../provision/facts/refusal.ts'
import type { NextStep, Plan } from '../../provision/facts/request-plan.ts'
import type { RoleBinder } from '../cleanup/bind-roles.ts'
import { nameOf, notedBy, objectsOfRequest } from '../cleanup/objects-of-request.ts'
import type { Provided, Views } from '../views/views.ts'
import type { RequestLook } from './look.ts'
import { Refused } from './refusal.ts'
import type { WriteStatus } from './write-status.ts'

export interface CarryOutOptions {
  readonly views: Views
  readonly applySet: ApplySet
  readonly bindRoles: RoleBinder
  /** Is told which objects of a live access had to be written again. */
  readonly onDrift: (request: AccessRequest, changes: readonly Change[]) => void
}

/**
 * Writes what a plan says, and returns the request as it is then. The status comes first, then the objects. Objects
 * that let nobody in are written at the same time.
 */
export type CarryOut = (request: AccessRequest, next: Plan, look: RequestLook) => Promise<AccessRequest>

export function createCarryOut(options: CarryOutOptions, writeStatus: WriteStatus): CarryOut {
  return async (request, next, look) => {
    const seen = objectsOfRequest(options.views, request)
    const names = new Set(seen.map(nameOf))
    // A pod is made once, by makePod. A pod that is not seen (yet) cannot be changed either.
    const objects = next.objects.filter((one) => one.kind !== 'Pod' || names.has(nameOf(one)))
    const provide = (): Promise<void> => provideObjects(options, { request, objects, seen }, look)
    // The message about a refusal stays until the object exists. An attempt does not tell it anew.
    if (isRefused(request) && objects.length > 0 && next.status.phase === request.status?.phase) {
      await provide()
      return isTriedAgain(next.then) ? request : writeStatus(request, next, look)
    }
    if (objects.length > 0 && objects.every(givesNothing)) {
      return besides(writeStatus(request, next, look), provide())
    }
    const written = await writeStatus(request, next, look)
    await provide()
    return written
  }
}

/** The objects that a request should have, and those that the views show. */
interface WantedObjects {
  readonly request: AccessRequest
  readonly objects: readonly Manifest[]
  readonly seen: readonly Provided[]
}

async function provideObjects(options: CarryOutOptions, wanted: WantedObjects, look: RequestLook): Promise<void> {
  const { request, objects } = wanted
  const isWhole = kindOf(request.spec).written === 'all-or-none' && objects.length > 0
  const changes = isWhole ? await bindAll(options, wanted, look) : await applyAll(options, wanted, look)
  const drift = changes.filter(({ change }) => change === 'made' || change === 'restored')
  if (request.status?.phase === 'Active' && drift.length > 0) options.onDrift(request, drift)
}

async function applyAll(
  { applySet }: CarryOutOptions,
  { request, objects, seen }: WantedObjects,
  { made, signal }: RequestLook,
): Promise<readonly Change[]> {
  const names = new Set(seen.map(nameOf))
  const known = [...seen, ...[...made.values()].filter((one) => !names.has(nameOf(one)))]
  const owner = { uid: request.metadata.uid, noted: notedBy(request) }
  const changes = await applySet(owner, objects, known, signal)
  for (const one of objects) made.set(nameOf(one), one)
  return changes
}

async function bindAll(
  { bindRoles }: CarryOutOptions,
  { request, objects, seen }: WantedObjects,
  { signal }: RequestLook,
): Promise<readonly Change[]> {
  const bound = await bindRoles(request, objects, seen, signal)
  if ('refused' in bound) throw new Refused(bound.refused, { cause: bound.cause })
  return bound.changes
}

/** True if the step makes what may have been refused before. */
function isTriedAgain(step: NextStep | undefined): boolean {
  return step?.do === 'make-pod' || (step?.do === 'task' && step.step.is === 'begin')
}

/** True for an object that gives nothing without a binding to it. */
function givesNothing({ kind }: Manifest): boolean {
  return kind === 'Role'
}

/** Runs both at once, and waits for both even if one fails. */
async function besides<T>(one: Promise<T>, other: Promise<unknown>): Promise<T> {
  await Promise.allSettled([one, other])
  await other
  return one
}
