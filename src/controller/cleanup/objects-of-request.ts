import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { providedName, requestUidLabel } from '../../api/provided-object.ts'
import { isEviction, type EvictionRecord } from './evictions.ts'
import { factOf } from './noted-facts.ts'
import { isUndo, type UndoRecord } from './undos.ts'
import { keyOf } from '../views/keys.ts'
import { byRequest, type Provided, type Views } from '../views/views.ts'

/** Returns the objects of all requests that have had this key: Roles, bindings, a pod. */
export function objectsWithKey(views: Views, key: string): readonly Provided[] {
  return [...bindingsOf(views, key), ...views.roles.by(byRequest, key), ...views.pods.by(byRequest, key)]
}

/**
 * Returns the objects of a request. Its own pod is found even if somebody took off the labels that the views know
 * it by: the status has its name and uid.
 */
export function objectsOfRequest(views: Views, request: AccessRequest): readonly Provided[] {
  const { namespace, uid } = request.metadata
  const known = objectsWithKey(views, keyOf(request)).filter((one) => uidOf(one) === uid)
  const pod = views.pods.get(`${namespace}/${providedName(uid)}`)
  const isNoted = pod !== undefined && notedBy(request).includes(pod.metadata.uid)
  return isNoted && !known.includes(pod) ? [...known, pod] : known
}

/**
 * Returns the uid of the pod that was made for a request. Only the target of a request with its own pod has a pod
 * digest.
 */
export function notedBy({ status }: AccessRequest): readonly string[] {
  const { podUID, podDigest } = status?.target ?? {}
  return podDigest !== undefined && podUID !== undefined ? [podUID] : []
}

export function bindingsOf(views: Views, key: string): readonly Provided[] {
  return [...views.bindings.by(byRequest, key), ...views.clusterBindings.by(byRequest, key)]
}

/** Returns the uid of the request to which an object belongs. */
export function uidOf({ metadata }: Provided): string {
  return metadata.labels?.[requestUidLabel] ?? ''
}

export function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`
}

/** Returns the eviction that follows the end of a request. */
export function evictionOf(views: Views, request: AccessRequest): EvictionRecord | undefined {
  return factOf(views, request, isEviction)
}

/** Returns the undo that follows the end of a request. */
export function undoOf(views: Views, request: AccessRequest): UndoRecord | undefined {
  return factOf(views, request, isUndo)
}
