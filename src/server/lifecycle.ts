/**
 * Where a replica is in its life. `starting` and `closing` refuse reviews with 503 and Retry-After, which the API
 * server repeats within its timeout. `draining` still serves, but asks each connection to close: for as long as
 * some API server's endpoints may still name this replica, a refusal would only cost the user a second.
 */
type LifecyclePhase = 'starting' | 'serving' | 'draining' | 'closing'

export interface Lifecycle {
  phase: LifecyclePhase
}
