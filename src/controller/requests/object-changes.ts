import type { MadeObject } from '../../api/audit-event.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { RequestRef } from '../../api/kinds/references.ts'
import type { ControllerWork } from '../../audit/event/controller-event.ts'
import type { ApplySet, Change } from '../../cluster/apply/apply-set.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { requestAnnotation, requestNamespaceAnnotation } from '../../api/provided-object.ts'

interface ChangeTelling {
  /** Returns the request under a key, as the view shows it. */
  readonly request: (key: string) => AccessRequest | undefined
  readonly tell: (happening: ControllerWork) => void
}

// A view is never behind by so many changes.
const maxTold = 10_000

/** Returns an apply-set that also tells what it did. */
export function tellingApplySet(applySet: ApplySet, { request, tell }: ChangeTelling): ApplySet {
  const told = new Set<string>()

  /**
   * True if a change was not told before. A view that is behind makes the same change happen twice, and the second has
   * no effect.
   */
  function isNew({ change, uid, instead }: Change): boolean {
    const key = [change, uid, instead].join(' ')
    if (told.has(key)) return false
    told.add(key)
    for (const oldest of told) {
      if (told.size <= maxTold) break
      told.delete(oldest)
    }
    return true
  }

  return async (owner, desired, observed, signal) => {
    const changes = await applySet(owner, desired, observed, signal)
    const ref = requestOf(owner.uid, [...desired, ...observed])
    if (!ref) return changes
    const seen = request(`${ref.namespace}/${ref.name}`)
    const isLive = seen?.metadata.uid === owner.uid && seen.status?.phase === 'Active'
    controllerWorkOf(ref, changes.filter(isNew), isLive && desired.length > 0).forEach(tell)
    return changes
  }
}

function requestOf(uid: string, objects: readonly KubeObject[]): RequestRef | undefined {
  for (const { metadata } of objects) {
    const name = metadata.annotations?.[requestAnnotation]
    const namespace = metadata.annotations?.[requestNamespaceAnnotation] ?? metadata.namespace
    if (name !== undefined && namespace !== undefined) return { namespace, name, uid }
  }
  return undefined
}

/**
 * Returns what happened to the objects of an access. Nobody else should change them. While an access is active, a
 * missing object was deleted by someone. A surplus one, with its name and label, was planted.
 */
export function controllerWorkOf(
  request: RequestRef,
  changes: readonly Change[],
  isLive: boolean,
): readonly ControllerWork[] {
  const of = (...wanted: readonly Change['change'][]): readonly Change[] =>
    changes.filter(({ change }) => wanted.includes(change))
  const drifted = isLive ? of('made', 'restored') : of('restored')
  const planted = isLive ? of('removed') : []
  const provisioned = of('made').filter((one) => !drifted.includes(one))
  const removed = of('removed')
  return [
    ...objects('provisioned', request, provisioned),
    ...objects('repaired', request, drifted),
    ...objects('removed', request, removed),
    ...tampering(request, [...drifted, ...planted]),
  ]
}

function objects(
  verb: Extract<ControllerWork, { what: 'objects' }>['verb'],
  request: RequestRef,
  changes: readonly Change[],
): readonly ControllerWork[] {
  return changes.length === 0 ? [] : [{ what: 'objects', verb, request, objects: changes.map(madeObject) }]
}

const was: Readonly<Record<Change['change'], string>> = {
  made: 'was deleted',
  restored: 'was changed',
  adjusted: 'was given its deadline',
  removed: 'was added by someone else',
}

function tampering(request: RequestRef, changes: readonly Change[]): readonly ControllerWork[] {
  if (changes.length === 0) return []
  const words = changes.map(({ change, kind, name }) => `${kind} ${name} ${was[change]}`)
  return [
    {
      what: 'tampering',
      request,
      objects: changes.map(madeObject),
      finding: { code: 'E_OBJECT_CHANGED', outcome: 'restored' },
      message: words.join(', '),
    },
  ]
}

function madeObject({ kind, namespace, name, uid }: Change): MadeObject {
  return { kind, name, ...(namespace !== undefined && { namespace }), ...(uid !== undefined && { uid }) }
}
