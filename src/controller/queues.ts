import { isConflict } from '../cluster/client/api-error.ts'
import { steadyClock, type Clock } from '../cluster/clock/clock.ts'
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
}

// Views lag by milliseconds.
const ordinaryConflictMs = 500

export function createQueues(options: QueuesOptions): Queues {
  return {
    requests: queueOf('request', options),
    passes: queueOf('pass', options),
    templates: queueOf('template', options),
  }
}

function queueOf(what: string, { clock, log }: QueuesOptions): Workqueue {
  return createWorkqueue({
    clock,
    steady: steadyClock,
    // A thousand requests in one namespace do not hold up another namespace.
    groupOf: namespaceOfKey,
    onError: (key, err, retryInMs) => {
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
