/** Takes one short line for a human. */
export type Log = (line: string) => void

/** The context that every step of `up` gets. */
export interface Startup {
  readonly dir: string
  readonly log: Log
  /** Aborted when a step failed or the user interrupts: all that still runs should end soon. */
  readonly signal: AbortSignal
  readonly abort: (reason: unknown) => void
}

/** The context of a step that makes nothing in D. */
export type Work = Pick<Startup, 'log' | 'signal'>

/**
 * Runs steps side by side. When one fails, the others are told to end, and are awaited. So nothing is still starting
 * while the cluster is taken down again.
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
