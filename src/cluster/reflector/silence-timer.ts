import type { Clock, Instant } from '../clock/clock.ts'

/** Ends a watch that is silent for too long. */
export interface SilenceGuard {
  /** Aborts with the outer signal, or when nothing was heard for too long. */
  readonly signal: AbortSignal
  /** True if the silence was the cause. */
  isSilent(): boolean
  stop(): void
}

/**
 * Starts the guard. A connection that a firewall forgot, or whose other end lost its power, stays open and silent for
 * ever. TCP notices only when we send. A watch never sends.
 * @param lastHeard returns the time of the last event; it is called each time, so hearing costs nothing
 */
export function guardSilence(options: {
  readonly clock: Clock
  readonly limitMs: number
  readonly lastHeard: () => Instant
  readonly outer: AbortSignal
}): SilenceGuard {
  const { clock, limitMs, lastHeard, outer } = options
  const watch = new AbortController()
  const done = new AbortController()
  let silent = false

  async function guard(): Promise<void> {
    for (let end = lastHeard() + limitMs; end > clock.now(); end = lastHeard() + limitMs) {
      await clock.sleepUntil(end, done.signal)
    }
    silent = true
    watch.abort(new Error(`nothing was heard for ${limitMs} ms`))
  }

  const onOuter = () => {
    watch.abort(outer.reason)
  }
  if (outer.aborted) onOuter()
  outer.addEventListener('abort', onOuter, { once: true })
  // Rejects only when it is stopped.
  guard().catch(() => undefined)
  return {
    signal: watch.signal,
    isSilent: () => silent,
    stop() {
      done.abort()
      outer.removeEventListener('abort', onOuter)
    },
  }
}
