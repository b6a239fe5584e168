import type { Clock, Instant } from '../clock/clock.ts'

/** A bell on which a loop sleeps until there is something to look at. */
export interface WakeUp {
  wake(): void
  /**
   * Resolves at the next `wake`, or at once if there was one since the last wait. Resolves after this time at the
   * latest.
   */
  wait(atMostMs: number, signal: AbortSignal): Promise<void>
}

export function createWakeUp(): WakeUp {
  let isDue = false
  let waiting: (() => void) | undefined
  return {
    wake() {
      isDue = true
      waiting?.()
    },
    async wait(atMostMs, signal) {
      if (!isDue && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const end = (): void => {
            clearTimeout(timer)
            signal.removeEventListener('abort', end)
            waiting = undefined
            resolve()
          }
          const timer = atMostMs === Infinity ? undefined : setTimeout(end, atMostMs)
          signal.addEventListener('abort', end, { once: true })
          waiting = end
        })
      }
      isDue = false
    },
  }
}

/** Resolves at this time, or before it once the bell rings. Rejects with the signal's reason. */
export async function sleepUntilWoken(
  { clock, wakeUp }: { readonly clock: Clock; readonly wakeUp: WakeUp },
  until: Instant,
  signal: AbortSignal,
): Promise<void> {
  const woken = new AbortController()
  const awake = AbortSignal.any([signal, woken.signal])
  try {
    await Promise.race([clock.sleepUntil(until, awake), wakeUp.wait(Infinity, awake)])
  } finally {
    woken.abort()
  }
  signal.throwIfAborted()
}

/**
 * Makes a function that wakes a loop at a later moment. If it gets several moments, the earliest counts; the loop then
 * says when it is due again.
 */
export function createWaker(look: WakeUp, clock: Clock, signal: AbortSignal): (at: Instant) => void {
  let wakesAt: Instant = Infinity
  return (at) => {
    if (at >= wakesAt) return
    wakesAt = at
    const wake = (): void => {
      wakesAt = Infinity
      look.wake()
    }
    clock.sleepUntil(at, signal).then(wake, () => undefined)
  }
}
