/** A subresource that the API server, or one that is aggregated to it, serves, as its discovery describes it. */
export interface Subresource {
  /** '' for the core group. */
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly subresource: string
  /** '' where discovery says none. */
  readonly kind: string
  readonly verbs: readonly string[]
}
