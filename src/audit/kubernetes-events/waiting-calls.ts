/** Calls that wait for their turn; a few are made at once. */
export interface WaitingCalls {
  /** Returns at once. */
  add(call: () => Promise<void>): void
  /** Drops the calls that have not begun. */
  drop(): void
  /** Resolves when the calls under way and those that wait have ended. */
  idle(): Promise<void>
}

export interface WaitingCallsOptions {
  readonly atOnce: number
  readonly maxWaiting: number
  /** Is called for each call that is lost because too many wait. */
  readonly onCrowded: () => void
  readonly onFailure: (error: unknown) => void
}

export function createWaitingCalls({ atOnce, maxWaiting, onCrowded, onFailure }: WaitingCallsOptions): WaitingCalls {
  const waiting: (() => Promise<void>)[] = []
  const workers = new Set<Promise<void>>()

  async function drain(): Promise<void> {
    for (let call = waiting.shift(); call; call = waiting.shift()) {
      try {
        await call()
      } catch (error) {
        onFailure(error)
      }
    }
  }

  return {
    add(call) {
      if (waiting.length >= maxWaiting) {
        onCrowded()
        return
      }
      waiting.push(call)
      if (workers.size >= atOnce) return
      const worker: Promise<void> = drain().finally(() => workers.delete(worker))
      workers.add(worker)
    },
    drop() {
      waiting.length = 0
    },
    async idle() {
      await Promise.all(workers)
    },
  }
}
