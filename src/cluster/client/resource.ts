import type { OwnerReference } from '../../api/owner-reference.ts'

/** A resource of the API server, as discovery would describe it. */
export interface Resource {
  /** `v1` or `group/version`. */
  readonly apiVersion: string
  readonly kind: string
  /** The plural in the URL. */
  readonly plural: string
  readonly namespaced: boolean
}

export interface ObjectMeta {
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: readonly string[]
  readonly ownerReferences?: readonly OwnerReference[]
}

/** An object as the API server sends it: raw JSON. Typed models would drop the fields they do not know. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
}

interface PathParts {
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  readonly subresource?: string
}

// The rule is the API server's own ValidatePathSegmentName.
const noSegment = /^\.{0,2}$|[/%]/

/**
 * True if an object of this name and namespace can exist. `..` must not even be sent: the call would read the path of
 * another object.
 */
export function isPossible({ namespace, name }: PathParts): boolean {
  return [namespace, name].every((part) => part === undefined || (part.isWellFormed() && !noSegment.test(part)))
}

/** Returns the URL path of a collection (no name), an object or its subresource; each part is escaped. */
export function pathOf(resource: Resource, where: PathParts = {}): string {
  const root = resource.apiVersion.includes('/') ? '/apis' : '/api'
  const scope = resource.namespaced && where.namespace !== undefined ? ['namespaces', where.namespace] : []
  const parts = [...resource.apiVersion.split('/'), ...scope, resource.plural, where.name, where.subresource]
  return [root, ...parts.filter((part) => part !== undefined).map(encodeURIComponent)].join('/')
}
