import type { TObject } from 'typebox'

export const apiGroup = 'access.sallyport.dev'
export const apiVersion = `${apiGroup}/v1alpha1`

/** One of our kinds as data. The client's resource, the CustomResourceDefinition and docs/kinds.md are made from it. */
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
  /** The whole object as the API server serves it. A `status` in it becomes the status subresource. */
  readonly schema: TObject
}

export interface PrintColumn {
  readonly name: string
  /** The type of the values. Never use `date` for a time in the future: the API server prints it as `<invalid>`. */
  readonly type: 'string' | 'integer' | 'boolean' | 'date'
  readonly jsonPath: string
  readonly description?: string
  /** A column of priority 0 is always shown, and one of priority 1 only with `-o wide`. */
  readonly priority?: number
}

/** The last column of each kind, as the API server itself has it. */
export const age: PrintColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }
