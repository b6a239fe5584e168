import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { RequestRef } from '../api/kinds/references.ts'
import { phaseEventId } from '../audit/event/audit-event.ts'
import type { Happening } from '../audit/event/controller-event.ts'
import { isConflict } from '../cluster/client/api-error.ts'
import { createApplySet, type Change } from '../cluster/apply/apply-set.ts'
import type { Match } from '../api/review/match.ts'
import type { Client } from '../cluster/client/client.ts'
import { steadyClock } from '../cluster/clock/clock.ts'
import { fencedClient } from '../cluster/client/fenced-client.ts'
import type { Evaluator } from '../expression/evaluator.ts'
import type { Validators } from '../validation/validators.ts'
import { runAsLeader, type LeaderEvent } from '../cluster/lease/leader-lease.ts'
import type { WaryClock } from '../cluster/clock/wary-clock.ts'
import { createWorkqueue } from '../cluster/queue/workqueue.ts'
import { resources } from '../cluster/client/resources.ts'
import { isProvidedName, requestUidLabel } from '../api/provided-object.ts'
import { installation } from '../api/installation.ts'
import type { RequestPolicy } from '../provision/facts/request-plan.ts'
import { createRoleBinder } from './cleanup/bind-roles.ts'
import { runAudit, type AuditOptions } from '../audit/delivery/audit-loop.ts'
import { type Finding, tamperedInstallation } from './self-check/installation-check.ts'
import { tellingApplySet } from './requests/object-changes.ts'
import { runSelfCheck, type SelfCheckPolicy, type SelfCheckState } from './self-check/self-check.ts'
import { namespaceOfKey } from './views/keys.ts'
import { createPassLoop } from './passes/pass-loop.ts'
import { createPassRefusals } from './passes/pass-refusals.ts'
import { createExpressionAnswers } from './requests/expression-answers.ts'
import { createRehearsals } from './requests/rehearsals.ts'
import { createRequestLoop } from './requests/request-loop.ts'
import { createTemplateLoop } from './templates/template-loop.ts'
import { createTemplateTrials } from './templates/template-trials.ts'
import { createValidatorAnswers } from './requests/validator-answers.ts'
import { createExposureListener } from './self-check/path-exposure.ts'
import { createWebhookPaths, type WebhookPaths } from './self-check/webhook-paths.ts'
import { createViews, runViews, viewsSynced } from './views/views.ts'
import type { WorkloadKind } from './views/workloads.ts'

export interface ControllerOptions {
  readonly client: Client
  readonly clock: WaryClock
  readonly policy: RequestPolicy
  /** What a template may target: the built-in kinds first. */
  readonly workloads: readonly WorkloadKind[]
  readonly selfCheck: SelfCheckPolicy
  /** How long the random part of the webhooks' paths lives; undefined where they have none. */
  readonly pathLifetimeMs: number | undefined
  /** Is told the paths that are about to be written into the webhook configuration of this type. */
  readonly onPaths: (type: Match['type'], paths: readonly string[]) => void
  readonly evaluator: Pick<Evaluator, 'evaluate'>
  readonly validators: Pick<Validators, 'named'>
  /** Absent where there is no sink. */
  readonly audit?: Pick<AuditOptions, 'source' | 'sinks' | 'onBacklog'> | undefined
  /** Is told of each change of phase, once it is written, of what is made and removed, and of what was found changed. */
  readonly tell: (happening: Happening) => void
  /** Is handed how to see the phases of requests while this replica leads; undefined at the end. */
  readonly onPhases: (read: (() => Iterable<string>) | undefined) => void
  /** Is handed what the self-check has found, while this replica leads; undefined at the end. */
  readonly onSelfCheck: (state: SelfCheckState | undefined) => void
  readonly log: ControllerLog
}

/** What a controller tells; the fields are for a structured log. */
interface ControllerLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

// Requests are independent; each takes a few calls of some milliseconds.
const workers = 8
// A view is behind by milliseconds.
const ordinaryConflictMs = 500

/** Reconciles for as long as this replica leads, until the signal fires. All replicas may run it; one leads. */
export async function runController(options: ControllerOptions, signal: AbortSignal): Promise<void> {
  const { client, log, pathLifetimeMs } = options
  /** Those of the term in which this replica leads. */
  let paths: WebhookPaths | undefined
  const lease = {
    client,
    // How long a lease was held is measured, not read off: the time of day may be set.
    clock: steadyClock,
    namespace: installation.namespace,
    name: installation.name,
    identity: `${hostname()}_${process.pid}_${randomUUID()}`,
    onSeen: createExposureListener(() => paths?.exposed()),
    log: (event: LeaderEvent) => {
      if (event.event === 'lease-failed' || event.event === 'late-failure') log.warn({ err: event.error }, event.event)
      else log.info({ ...event }, 'leadership changed')
    },
  }
  const lead = (leading: AbortSignal, isOurs: () => boolean): Promise<void> => {
    const fenced = fencedClient(client, isOurs)
    const each = { client: fenced, clock: steadyClock, lifetimeMs: pathLifetimeMs ?? Infinity, onNew: options.onPaths }
    paths = pathLifetimeMs === undefined ? undefined : createWebhookPaths(each)
    return runParts({ ...options, client: fenced }, paths, leading)
  }
  await runAsLeader(lease, lead, signal)
}

async function runParts(
  options: ControllerOptions,
  paths: WebhookPaths | undefined,
  outer: AbortSignal,
): Promise<void> {
  const { client, clock, log, selfCheck, audit, tell, onSelfCheck } = options
  const onFinding = (finding: Finding): void => {
    tell(tamperedInstallation(finding))
  }
  const stop = new AbortController()
  const signal = AbortSignal.any([outer, stop.signal])
  // Ends both when one ends.
  const parts = [
    reconcileAll(options, signal),
    runSelfCheck({ client, clock: steadyClock, log, onFinding, onState: onSelfCheck, paths, ...selfCheck }, signal),
    ...(audit ? [runAudit({ client, clock, log, tell, ...audit }, signal)] : []),
  ]
  try {
    await Promise.race(parts)
  } finally {
    stop.abort()
    await Promise.allSettled(parts)
    onSelfCheck(undefined)
  }
}

async function reconcileAll(options: ControllerOptions, outer: AbortSignal): Promise<void> {
  const { client, clock, policy, workloads, evaluator, log, tell } = options
  const queueOf = (what: string): ReturnType<typeof createWorkqueue> =>
    createWorkqueue({
      clock,
      steady: steadyClock,
      // A thousand requests in one namespace hold up no other namespace.
      groupOf: namespaceOfKey,
      onError: (key, err, retryInMs) => {
        // Somebody, or we, wrote in the meantime, and the view will catch up; but what answers so may be anything.
        if (isConflict(err) && retryInMs < ordinaryConflictMs) return
        log.warn({ [what]: key, err, retryInMs }, `${what} not reconciled; will try again`)
      },
    })
  const requests = queueOf('request')
  const passes = queueOf('pass')
  const templates = queueOf('template')
  // Ends all of it when one part ends: half a controller is none.
  const stop = new AbortController()
  const signal = AbortSignal.any([outer, stop.signal])
  const listeners = {
    request: (key: string) => {
      requests.add(key)
    },
    pass: (key: string) => {
      passes.add(key)
    },
    template: (key: string) => {
      templates.add(key)
    },
  }
  const views = createViews(client, listeners, {
    workloads,
    log: (event) => {
      if (event.event !== 'listed') log.warn({ ...event }, 'a view lost touch; it goes on')
    },
  })
  const onPhase = (request: AccessRequest): void => {
    const { metadata, spec, status } = request
    const { namespace, name, uid } = metadata
    const { phase, message, expiresAt } = status ?? {}
    const id = phaseEventId(request)
    const user = spec.requestor?.username
    log.info({ id, namespace, name, uid, user, phase, message, expiresAt }, 'request changed')
    tell({ what: 'phase', request })
  }
  const applySet = tellingApplySet(
    createApplySet({
      client,
      resources: [resources.Role, resources.RoleBinding, resources.ClusterRoleBinding, resources.Pod],
      label: requestUidLabel,
      isNameOf: ({ uid }, name) => isProvidedName(uid, name),
    }),
    { request: (key) => views.requests.get(key), tell },
  )
  const onDrift = ({ metadata: { namespace, name, uid } }: AccessRequest, changes: readonly Change[]): void => {
    log.warn({ namespace, name, uid, changes }, 'what was made for a live access had been changed or deleted')
  }
  const bindRoles = createRoleBinder({ client, applySet })
  const again = (key: string, afterMs: number): void => {
    if (afterMs > 0) requests.addAfter(key, afterMs)
    else requests.add(key)
  }
  const validatorAnswers = createValidatorAnswers({
    validators: options.validators,
    steady: steadyClock,
    newId: randomUUID,
    random: Math.random,
    again,
  })
  const passRefusals = createPassRefusals()
  const requestLoop = createRequestLoop({
    client,
    clock,
    views,
    queue: requests,
    applySet,
    bindRoles,
    policy,
    expressionAnswers: createExpressionAnswers({ evaluator, steady: steadyClock, again }),
    validatorAnswers,
    passRefusals,
    rehearsals: createRehearsals({ client, steady: steadyClock, again, goodForMs: 0 }),
    onPhase,
    onDrift,
    onPod: (request, object) => {
      tell({ what: 'objects', verb: 'provisioned', request: refOf(request), objects: [object] })
    },
  })
  const trials = createTemplateTrials({
    client,
    views,
    steady: steadyClock,
    again: (key, afterMs) => {
      templates.addAfter(key, afterMs)
    },
  })
  const following = runViews(views, signal)
  const working: Promise<void>[] = []
  try {
    await Promise.race([viewsSynced(views), following])
    options.onPhases(() => views.requests.all().map(({ status }) => status?.phase ?? 'New'))
    working.push(
      requests.run(requestLoop, { workers, signal }),
      passes.run(createPassLoop({ client, views, refusals: passRefusals, again: listeners.request }), {
        workers,
        signal,
      }),
      templates.run(createTemplateLoop({ client, clock, views, trials }), { workers, signal }),
    )
    await Promise.race([following, ...working])
  } finally {
    options.onPhases(undefined)
    stop.abort()
    await Promise.allSettled([following, ...working])
  }
}

function refOf({ metadata: { namespace, name, uid } }: AccessRequest): RequestRef {
  return { namespace, name, uid }
}
