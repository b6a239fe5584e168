import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { KubeObject } from '../cluster/resource.ts'
import { requestUidLabel } from '../provision/exec-objects.ts'
import { isEviction, type EvictionRecord } from './evictions.ts'
import { keyOf } from './keys.ts'
import { byRequest, type Provided, type Views } from './views.ts'

/** What there is for the requests, one after the other, of this key: Roles, bindings, a pod. */
export function provided(views: Views, key: string): readonly Provided[] {
  return [...bindingsOf(views, key), ...views.roles.by(byRequest, key), ...views.pods.by(byRequest, key)]
}

export function bindingsOf(views: Views, key: string): readonly Provided[] {
  return [...views.bindings.by(byRequest, key), ...views.clusterBindings.by(byRequest, key)]
}

/** The uid of the request that it is for. */
export function uidOf({ metadata }: Provided): string {
  return metadata.labels?.[requestUidLabel] ?? ''
}

export function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`
}

/** The eviction that is to follow the end of a request. */
export function evictionOf(views: Views, request: AccessRequest): EvictionRecord | undefined {
  const records = views.records.by(byRequest, keyOf(request)).filter(isEviction)
  return records.find(({ spec }) => spec.request.uid === request.metadata.uid)
}
