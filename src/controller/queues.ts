import { isConflict } from '../cluster/client/api-error.ts'
import { steadyClock, type Clock } from '../cluster/clock/clock.ts'
import type { QueueLoad } from '../cluster/queue/key-ages.ts'
import { createWorkqueue, type Workqueue } from '../cluster/queue/workqueue.ts'
import type { ViewListeners } from './views/create-views.ts'
import { namespaceOfKey } from './views/keys.ts'

/** The keys that wait to be reconciled: one queue for each kind that the controller writes. */
export interface Queues {
  readonly requests: Workqueue
  readonly passes: Workqueue
  readonly templates: Workqueue
}

export interface QueuesOptions {
  readonly clock: Clock
  readonly log: { warn(fields: object, message: string): void }
  readonly counts: QueueCounts
}

/** Counts what happens to the queues, each by its name. */
export interface QueueCounts {
  onQueued(queue: string): void
  onRetried(queue: string): void
}

// Views lag by milliseconds.
const ordinaryConflictMs = 500

export function createQueues(options: QueuesOptions): Queues {
  return {
    requests: queueOf('requests', options),
    passes: queueOf('passes', options),
    templates: queueOf('templates', options),
  }
}

/** The key of each queue in the log. */
const keyNames = { requests: 'request', passes: 'pass', templates: 'template' } as const

function queueOf(queue: keyof Queues, { clock, log, counts }: QueuesOptions): Workqueue {
  const what = keyNames[queue]
  return createWorkqueue({
    clock,
    steady: steadyClock,
    // A thousand requests in one namespace do not hold up another namespace.
    groupOf: namespaceOfKey,
    onAdded: () => {
      counts.onQueued(queue)
    },
    onError: (key, err, retryInMs) => {
      counts.onRetried(queue)
      // Somebody, or this controller, wrote in the meantime, and the view will catch up. A conflict that goes on may
      // mean anything.
      if (isConflict(err) && retryInMs < ordinaryConflictMs) return
      log.warn({ [what]: key, err, retryInMs }, `${what} not reconciled; will try again`)
    },
  })
}

/** Puts each change that the views report into its queue. */
export function queueChanges({ requests, passes, templates }: Queues): ViewListeners {
  return {
    request: (key) => {
      requests.add(key)
    },
    pass: (key) => {
      passes.add(key)
    },
    template: (key) => {
      templates.add(key)
    },
  }
}

/** Returns the load of each queue, for the metrics. */
export function loadsOf(queues: Queues): readonly ({ readonly queue: string } & QueueLoad)[] {
  return Object.entries(queues).map(([queue, workqueue]: [string, Workqueue]) => ({ queue, ...workqueue.load() }))
}
