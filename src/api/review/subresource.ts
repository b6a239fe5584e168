/** A subresource that the API server or an aggregated API server serves, as discovery describes it. */
export interface Subresource {
  /** The API group: '' for the core group. */
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly subresource: string
  /** The kind: '' if discovery names none. */
  readonly kind: string
  readonly verbs: readonly string[]
}
