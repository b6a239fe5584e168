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

/**
 * The subresources that a request may add to exec. Each is given as a whole, because admission sees no ports and no
 * streams.
 */
export const podSubresources = ['attach', 'portforward', 'log'] as const
