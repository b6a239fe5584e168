/** What a loop sleeps on until there is something to look at. */
export interface WakeUp {
  wake(): void
  /** Resolves at the next `wake`, or at once if there was one since the last wait; and after so long in any case. */
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
