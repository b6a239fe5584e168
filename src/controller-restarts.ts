import type { Config } from './config/config.ts'
import type { ControllerStart } from './controller-messages.ts'
import { startControllerThread, type ControllerThread, type ThreadListeners } from './controller-thread.ts'
import { addCounts, type MeasuredMetrics } from './observe/metrics.ts'

/** The controller of a replica. It has one thread at a time. */
export interface Controller extends ControllerThread {
  /** Ends the thread in order, so that it gives the lease back. Then starts another one with this config. */
  restart(config: Config): void
}

/** Starts the controller. `ended` resolves once a thread has ended and no other follows. */
export function startController(start: ControllerStart, listeners: Omit<ThreadListeners, 'onCounts'>): Controller {
  // A counter of Prometheus never falls. So the counts of the threads before are added to those of the thread that runs.
  let counted: Promise<MeasuredMetrics> = Promise.resolve([])
  let next: Config | undefined
  let isStopping = false

  const startThread = (config: Config): ControllerThread =>
    startControllerThread(
      { ...start, config },
      {
        ...listeners,
        onCounts: (counts) => {
          counted = counted.then((before) => addCounts(before, counts))
        },
      },
    )
  let thread = startThread(start.config)

  async function untilTheLastEnds(): Promise<Error | undefined> {
    for (;;) {
      const failed = await thread.ended
      if (failed || isStopping || next === undefined) return failed
      thread = startThread(next)
      next = undefined
    }
  }

  return {
    restart(config) {
      next = config
      thread.stop()
    },
    stop() {
      isStopping = true
      thread.stop()
    },
    async measure() {
      const now = await thread.measure()
      return [...(await counted), ...now]
    },
    ended: untilTheLastEnds(),
  }
}
