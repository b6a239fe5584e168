import { randomUUID } from 'node:crypto'
import { isProvidedName, requestUidLabel } from '../api/provided-object.ts'
import type { ControllerWork } from '../audit/event/controller-event.ts'
import { createApplySet, type ApplySet } from '../cluster/apply/apply-set.ts'
import type { Client } from '../cluster/client/client.ts'
import { resources } from '../cluster/client/resources.ts'
import { steadyClock } from '../cluster/clock/clock.ts'
import type { WaryClock } from '../cluster/clock/wary-clock.ts'
import type { Reconcile, Workqueue } from '../cluster/queue/workqueue.ts'
import type { Evaluator } from '../expression/evaluator.ts'
import type { RequestPolicy } from '../provision/facts/request-plan.ts'
import type { Validators } from '../validation/validators.ts'
import { createRoleBinder } from './cleanup/bind-roles.ts'
import { createPassLoop } from './passes/pass-loop.ts'
import { createPassRefusals, type PassRefusals } from './passes/pass-refusals.ts'
import { createQueues, loadsOf, queueChanges, type QueueCounts, type Queues } from './queues.ts'
import { createExpressionAnswers } from './requests/expression-answers.ts'
import { tellingApplySet } from './requests/object-changes.ts'
import { createRehearsals } from './requests/rehearsals.ts'
import { createRequestLoop } from './requests/request-loop.ts'
import { createRequestTeller } from './requests/request-teller.ts'
import { createValidatorAnswers } from './requests/validator-answers.ts'
import { createTemplateLoop } from './templates/template-loop.ts'
import { createTemplateTrials } from './templates/template-trials.ts'
import { createViews, runViews, silencesOf, viewsSynced } from './views/create-views.ts'
import type { Views } from './views/views.ts'
import type { WorkloadKind } from './views/workloads.ts'

export interface ReconcileOptions {
  readonly client: Client
  readonly clock: WaryClock
  readonly policy: RequestPolicy
  /** The kinds that a template may target, the built-in ones first. */
  readonly workloads: readonly WorkloadKind[]
  readonly evaluator: Pick<Evaluator, 'evaluate'>
  readonly validators: Pick<Validators, 'named'>
  /** Is told of each change of phase once it is written, and of objects that were made, removed or found changed. */
  readonly tell: (happening: ControllerWork) => void
  /** Is handed a function that reads the phases of requests while this replica leads; undefined at the end. */
  readonly onPhases: (read: (() => Iterable<string>) | undefined) => void
  /** Is handed functions that read queues and watches while this replica leads; undefined at the end. */
  readonly onWork: (work: ControllerLoad | undefined) => void
  /** Counts the keys that are queued. */
  readonly counts: QueueCounts
  readonly log: ControllerLog
}

/** Reads the work that the controller has, and the age of its views. */
interface ControllerLoad {
  readonly queues: () => ReturnType<typeof loadsOf>
  readonly watches: () => ReturnType<typeof silencesOf>
}

/** The log of a controller. The fields are for a structured log. */
interface ControllerLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

// Requests are independent; each takes a few calls of some milliseconds.
const workers = 8

/** Brings requests, passes and templates to what they should be, until the signal fires or one part ends. */
export async function reconcileAll(options: ReconcileOptions, outer: AbortSignal): Promise<void> {
  const { client, workloads, log, onPhases, onWork } = options
  // All parts end when one ends: half a controller does not work.
  const stop = new AbortController()
  const signal = AbortSignal.any([outer, stop.signal])
  const queues = createQueues(options)
  const views = createViews({
    client,
    listeners: queueChanges(queues),
    workloads,
    log: (event) => {
      if (event.event !== 'listed') log.warn({ ...event }, 'a view lost touch; it goes on')
    },
  })
  const begunAt = steadyClock.now()
  onWork({ queues: () => loadsOf(queues), watches: () => silencesOf(views, begunAt) })
  const loops = createLoops(options, views, queues)
  const following = runViews(views, signal)
  const working: Promise<void>[] = []
  try {
    await Promise.race([viewsSynced(views), following])
    onPhases(() => views.requests.all().map(({ status }) => status?.phase ?? 'New'))
    working.push(...loops.map(([queue, loop]) => queue.run(loop, { workers, signal })))
    await Promise.race([following, ...working])
  } finally {
    onPhases(undefined)
    onWork(undefined)
    stop.abort()
    await Promise.allSettled([following, ...working])
  }
}

/** Returns each queue with the loop that works through it. */
function createLoops(options: ReconcileOptions, views: Views, queues: Queues): readonly [Workqueue, Reconcile][] {
  const { client, clock, log } = options
  const passRefusals = createPassRefusals()
  const again = queueChanges(queues).request
  const trials = createTemplateTrials({
    client,
    views,
    log,
    steady: steadyClock,
    again: (key, afterMs) => {
      queues.templates.addAfter(key, afterMs)
    },
  })
  return [
    [queues.requests, requestLoop(options, { views, queue: queues.requests, passRefusals })],
    [
      queues.passes,
      createPassLoop({
        client,
        clock,
        views,
        refusals: passRefusals,
        again,
        wakeAt: (key, at) => {
          queues.passes.addAt(key, at)
        },
      }),
    ],
    [queues.templates, createTemplateLoop({ client, clock, views, trials })],
  ]
}

interface RequestWork {
  readonly views: Views
  readonly queue: Workqueue
  readonly passRefusals: PassRefusals
}

function requestLoop(options: ReconcileOptions, { views, queue, passRefusals }: RequestWork): Reconcile {
  const { client, clock, policy, evaluator, validators } = options
  const applySet = requestApplySet(options, views)
  const again = (key: string, afterMs: number): void => {
    if (afterMs > 0) queue.addAfter(key, afterMs)
    else queue.add(key)
  }
  return createRequestLoop({
    client,
    clock,
    views,
    queue,
    applySet,
    bindRoles: createRoleBinder({ client, applySet }),
    policy,
    expressionAnswers: createExpressionAnswers({ evaluator, steady: steadyClock, again }),
    validatorAnswers: createValidatorAnswers({
      validators,
      steady: steadyClock,
      newId: randomUUID,
      random: Math.random,
      again,
    }),
    passRefusals,
    rehearsals: createRehearsals({ client, steady: steadyClock, again, goodForMs: 0 }),
    ...createRequestTeller(options),
  })
}

/** Returns the apply-set that makes and removes the objects of requests. */
function requestApplySet({ client, tell }: ReconcileOptions, views: Views): ApplySet {
  const applySet = createApplySet({
    client,
    resources: [resources.Role, resources.RoleBinding, resources.ClusterRoleBinding, resources.Pod],
    label: requestUidLabel,
    isNameOf: ({ uid }, name) => isProvidedName(uid, name),
  })
  return tellingApplySet(applySet, { request: (key) => views.requests.get(key), tell })
}
