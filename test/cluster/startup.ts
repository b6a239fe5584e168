/** Takes one short line for a human. */
export type Log = (line: string) => void

/** What every step of `up` is handed. */
export interface Startup {
  readonly dir: string
  readonly log: Log
  /** Aborted when a step failed or the user interrupts: whatever still runs is to end soon. */
  readonly signal: AbortSignal
  readonly abort: (reason: unknown) => void
}

/** What a step is handed that makes nothing in D. */
export type Work = Pick<Startup, 'log' | 'signal'>

/**
 * Runs steps side by side. When one fails the others are told to end and are waited for, so that nothing is still being
 * started while the cluster is taken down again.
 */
export async function together<T extends readonly unknown[] | []>(
  startup: Startup,
  steps: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  try {
    return await Promise.all(steps)
  } catch (error) {
    startup.abort(error)
    await Promise.allSettled(steps)
    throw error
  }
}
