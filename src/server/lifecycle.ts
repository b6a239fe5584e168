/**
 * The phase of a replica's life. `starting` and `closing` refuse reviews with 503 and Retry-After, which the API server
 * repeats within its timeout. `draining` still serves, but asks each connection to close: the endpoints of some API
 * server may still name this replica. A refusal would then only cost the user a second.
 */
type LifecyclePhase = 'starting' | 'serving' | 'draining' | 'closing'

export interface Lifecycle {
  phase: LifecyclePhase
}
