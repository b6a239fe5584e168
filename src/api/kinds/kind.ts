import type { TObject } from 'typebox'

export const apiGroup = 'access.sallyport.dev'
export const apiVersion = `${apiGroup}/v1alpha1`

/** A kind of ours as data: its resource for the client, its CustomResourceDefinition and its page in docs/kinds.md. */
export interface Kind {
  readonly apiVersion: typeof apiVersion
  readonly kind: string
  /** The plural in the URL. */
  readonly plural: string
  readonly singular: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  /** `kubectl get access` shows all of a category. */
  readonly categories: readonly string[]
  readonly printColumns: readonly PrintColumn[]
  /** JSON paths that a field selector may use (KEP-4358). */
  readonly selectableFields: readonly string[]
  /** The whole object as the API server serves it; a `status` in it becomes the status subresource. */
  readonly schema: TObject
}

export interface PrintColumn {
  readonly name: string
  /** Never `date` for an instant to come: the API server prints those as `<invalid>`. */
  readonly type: 'string' | 'integer' | 'boolean' | 'date'
  readonly jsonPath: string
  readonly description?: string
  /** 0 is always shown, 1 only with `-o wide`. */
  readonly priority?: number
}

/** The last column of each kind, as the API server itself has it. */
export const age: PrintColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }
