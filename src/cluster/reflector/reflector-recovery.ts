import { isGone, isTooLargeResourceVersion, KubeApiError } from '../client/api-error.ts'

/**
 * The next step of a reflector. A watch goes on from the version. A list with '' gets the newest state, with '0' any
 * state, and with another version a state that is not older. Otherwise an API server that lags behind would take us
 * back in time.
 */
export interface RecoveryStep {
  readonly kind: 'list' | 'watch'
  readonly resourceVersion: string
}

// If three accepted watches from one version fail, the next event itself may be the cause.
const fruitlessLimit = 3

/**
 * Returns the next step after a failure. `fruitless`: how many watches in a row were accepted and then failed without
 * an event.
 */
export function nextAfter(error: unknown, before: RecoveryStep, fruitless: number): RecoveryStep {
  // The server no longer knows the version, or not yet (and never, if etcd was restored from a backup).
  if (isGone(error) || isTooLargeResourceVersion(error)) return { kind: 'list', resourceVersion: '' }
  if (before.kind === 'watch' && fruitless >= fruitlessLimit) return { ...before, kind: 'list' }
  return saysNothingOfVersion(error) ? before : { ...before, kind: 'list' }
}

/** True if the version stays good: no answer, no credentials for now, too busy, broken. All these pass. */
function saysNothingOfVersion(error: unknown): boolean {
  if (!(error instanceof KubeApiError) || error.status === undefined) return true
  return [401, 403, 429].includes(error.status) || error.status >= 500
}

/**
 * The error for a watch that ended in good order, but at once and without an event. A proxy that cuts long answers may
 * cause it.
 */
export function shortWatch(): KubeApiError {
  return new KubeApiError('the watch ended within a second and without an event')
}

/** An event of a reflector, for its log. Nobody needs to act on it, unless it keeps coming. */
export type ReflectorEvent =
  | { readonly event: 'listed'; readonly objects: number; readonly resourceVersion: string }
  | {
      readonly event: 'failed'
      readonly error: unknown
      readonly during: 'list' | 'watch'
      readonly next: 'list' | 'watch'
      readonly retryInMs: number
    }
  /** Nothing came through a watch for so long that its connection counted as dead. */
  | { readonly event: 'silent' }
  /** `onChange` threw; the change counts nevertheless. */
  | { readonly event: 'handler-failed'; readonly key: string; readonly error: unknown }

export type ReflectorLog = (event: ReflectorEvent) => void
