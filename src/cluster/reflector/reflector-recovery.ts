import { isGone, isTooLargeResourceVersion, KubeApiError } from '../client/api-error.ts'

/**
 * What a reflector does next. A watch: goes on from a version. A list: '' the newest state, '0' any, and any other version a state that
 * is not older: else an API server that lags behind would take us back in time.
 */
export interface RecoveryStep {
  readonly kind: 'list' | 'watch'
  readonly resourceVersion: string
}

// A watch that fails three times from one version, each time after it was accepted, may be failing on the very event that comes next.
const fruitlessLimit = 3

/** Where to go on after a failure. `fruitless`: how many watches in a row were accepted and then failed without an event. */
export function nextAfter(error: unknown, before: RecoveryStep, fruitless: number): RecoveryStep {
  // The server says that it does not know the version any more, or not yet (and never, if etcd was restored from a backup).
  if (isGone(error) || isTooLargeResourceVersion(error)) return { kind: 'list', resourceVersion: '' }
  if (before.kind === 'watch' && fruitless >= fruitlessLimit) return { ...before, kind: 'list' }
  return saysNothingOfVersion(error) ? before : { ...before, kind: 'list' }
}

/** No answer, no credentials for now, too busy, broken: all these pass, and the version stays good. */
function saysNothingOfVersion(error: unknown): boolean {
  if (!(error instanceof KubeApiError) || error.status === undefined) return true
  return [401, 403, 429].includes(error.status) || error.status >= 500
}

/** A watch that ended in good order, but at once and empty: a proxy that cuts long answers, say. */
export function shortWatch(): KubeApiError {
  return new KubeApiError('the watch ended within a second and without an event')
}

/** What a reflector tells its log; none of it asks anybody to act, unless it keeps saying so. */
export type ReflectorEvent =
  | { readonly event: 'listed'; readonly objects: number; readonly resourceVersion: string }
  | {
      readonly event: 'failed'
      readonly error: unknown
      readonly during: 'list' | 'watch'
      readonly next: 'list' | 'watch'
      readonly retryInMs: number
    }
  /** Nothing came through a watch for so long that its connection was taken for dead. */
  | { readonly event: 'silent' }
  /** `onChange` threw; the change counts nevertheless. */
  | { readonly event: 'handler-failed'; readonly key: string; readonly error: unknown }

export type ReflectorLog = (event: ReflectorEvent) => void
