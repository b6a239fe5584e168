import { servedWebhooks, type WebhookParts } from '../webhooks/all.ts'
import { installation } from './api/installation.ts'
import type { Match } from './api/review/match.ts'
import { loggedFields, type DecisionEvent } from './audit/event/decision-event.ts'
import { createDenialMerger } from './audit/event/denial-merger.ts'
import type { Log } from './observe/log.ts'
import { createClient, type Client } from './cluster/client/client.ts'
import { connect } from './cluster/kube-config/kube-config.ts'
import { compileChecks } from './api/schema/schema-check.ts'
import { createWaryClock, type WaryClock } from './cluster/clock/wary-clock.ts'
import type { Config } from './config/config.ts'
import type { FollowedConfig } from './config/follow-config.ts'
import { createExposureTeller } from './controller/self-check/path-exposure.ts'
import { workloadKinds } from './controller/views/workloads.ts'
import { enterService } from './enter-service.ts'
import { createEvaluator } from './expression/evaluator.ts'
import { createMetrics, type MeasuredMetrics, type Metrics } from './observe/metrics.ts'
import { openAudit, type Audit } from './audit/open-audit.ts'
import { openCallers } from './open-callers.ts'
import { openCertificates } from './open-certificates.ts'
import { openValidators } from './open-validators.ts'
import { createByteBudget } from './server/byte-budget.ts'
import { createGateServer, type GateServerOptions } from './server/gate-server.ts'
import { startHealthServer, type HealthServer } from './server/health-server.ts'
import type { Lifecycle } from './server/lifecycle.ts'
import { liveReadCheck } from './server/live-read.ts'
import { whyNotReady, type ReadinessCheck } from './server/readiness.ts'
import { createRefusalMerger } from './server/refusal-merger.ts'

/** The servers of a replica: its webhooks, and its health. */
export interface Gate {
  readonly port: number
  readonly healthPort: number
  /**
   * Is told the paths that the controller of this replica is about to write into the webhook configuration of this
   * type.
   */
  readonly expectPaths: (type: Match['type'], paths: readonly string[]) => void
  /** Answers the calls that have come, and keeps what is still to be told. */
  close(): Promise<void>
}

export interface GateOptions {
  /** The path of the kubeconfig, if one was named. */
  readonly kubeconfig: string | undefined
  readonly log: Log
  readonly lifecycle: Lifecycle
  /** Returns the controller's metrics. */
  readonly measureController: () => Promise<MeasuredMetrics>
  /** Ends the watches, such as those of the certificate's files. */
  readonly signal: AbortSignal
}

const { namespace, pod, name: configurations } = installation
const installedAs = { pod: { namespace, name: pod }, configurations }

/**
 * Starts the servers that answer the API server. They wait for nothing that the controller does. Ports, files and
 * connections stay those of the config at the start. Each review is decided by the config that is in force when it comes
 * in.
 */
export async function startGate(followed: FollowedConfig, options: GateOptions): Promise<Gate> {
  const { log, lifecycle, signal } = options
  const config = followed.now()
  compileChecks()
  const client = createClient(connect(options.kubeconfig))
  const clock = createWaryClock()
  const metrics = createMetrics(() => clock.now(), 'gate')
  metrics.measured.config = () => followed.state()
  const identity = (): Config['identity'] => followed.now().identity
  const audit = openAudit(config.audit, { client, clock, log, metrics, identity, signal })
  const evaluator = createEvaluator()
  const validators = openValidators(config, { clock, log, metrics })
  const budget = createByteBudget(config.webhooks.bytesInFlight)
  metrics.measured.bytesInFlight = () => budget.taken
  const exposed = tellExposure(client, clock, log)
  const told = tellCalls({ log, metrics, audit, exposed })
  const certificates = openCertificates(config, { client, clock, log, signal, namespace })
  metrics.measured.certificates = certificates.expiries
  const entry = enterService({ ...installedAs, client, certificates, log, signal })
  const callers = openCallers(config.callers, { client, log, signal, onPlain: exposed })
  const keepFirst: WebhookParts['keepFirst'] = (decided, ended) => audit.keepFirst(decided, ended)
  const server = createGateServer({
    webhooks: servedWebhooks({ client, clock, evaluator, validators, keepFirst }, policyInForce(followed)),
    pair: certificates.now(),
    lifecycle,
    callers: callers.checks,
    callerCa: callers.ca,
    budget,
    onGone: exposed,
    onAnswer: told.onAnswer,
    onRefusal: told.onRefusal,
  })
  certificates.onPair(server.setPair)
  callers.onCa(server.setCallerCa)
  const checks = [
    lifecycleCheck(lifecycle),
    { name: 'certificate', look: () => certificates.whyNotReady() ?? entry.whyNotReady() },
    liveReadCheck(client, () => performance.now()),
  ]
  const health = await serveHealth(config.health, { checks, metrics, measureController: options.measureController })
  const port = await server.listen(config.webhooks)
  return {
    port,
    healthPort: health.port,
    expectPaths: callers.expectPaths,
    async close() {
      await server.close()
      await health.close()
      told.flush()
      // These close last: otherwise a caller that waits would be told that nobody answers.
      evaluator.close()
      await validators.close()
      await audit.close()
      await client.close()
    },
  }
}

/** Returns a function that returns the policy of the config in force. */
function policyInForce(followed: FollowedConfig): () => WebhookParts['policy'] {
  let policy = policyOf(followed.now())
  followed.onChange((config) => {
    policy = policyOf(config)
  })
  return () => policy
}

/** Returns the part of the config that the webhooks decide by. */
function policyOf(config: Config): WebhookParts['policy'] {
  const grants = { ...config.grants, direct: config.requests.direct }
  return { ...config, grants, workloads: workloadKinds(config.workloads) }
}

/** Returns a function that tells the leader that a user may have seen a path. */
function tellExposure(client: Client, clock: WaryClock, log: Log): () => void {
  return createExposureTeller({
    client,
    clock,
    onFailure: (err) => {
      log.warn({ err }, 'the leader was not told that a user may have seen a path')
    },
  })
}

interface TellingOptions {
  readonly log: Log
  readonly metrics: Metrics
  readonly audit: Audit
  /** Is called if a user may have seen a path. */
  readonly exposed: () => void
}

/** Tells the log, the metrics and the audit the outcomes of calls. Equal ones within a moment are told once. */
function tellCalls({ log, metrics, audit, exposed }: TellingOptions): AnswerTelling {
  const denials = createDenialMerger((event) => {
    log[isLoud(event) ? 'warn' : 'info'](loggedFields(event), 'admission decided')
    metrics.onDecision(event)
    audit.onDecision(event)
  })
  const refusals = createRefusalMerger((refused) => {
    log.warn(refused, 'call refused')
  })
  return {
    onAnswer({ cause, ...answered }) {
      // The API server may have given up by then, and so have shown the path.
      if (answered.decision.code === 'E_DEADLINE') exposed()
      denials.record(audit.decisionEvent(answered))
      if (cause !== undefined) log.error({ id: answered.id, err: cause }, 'decision failed')
    },
    onRefusal(refused) {
      metrics.onRefusal(refused.reason)
      refusals.record(refused)
    },
    flush() {
      denials.flush()
      refusals.flush()
    },
  }
}

interface AnswerTelling extends Pick<GateServerOptions, 'onAnswer' | 'onRefusal'> {
  /** Tells the outcomes that still wait for more of their like. */
  flush(): void
}

interface HealthParts extends Pick<GateOptions, 'measureController'> {
  readonly checks: readonly ReadinessCheck[]
  readonly metrics: Metrics
}

function serveHealth(
  address: Config['health'],
  { checks, metrics, measureController }: HealthParts,
): Promise<HealthServer> {
  let isReady = false
  metrics.measured.isReady = () => isReady
  return startHealthServer({
    ...address,
    metrics: async () => metrics.render(await measureController()),
    async notReady() {
      const problem = await whyNotReady(checks)
      isReady = problem === undefined
      return problem
    },
  })
}

function lifecycleCheck(lifecycle: Lifecycle): ReadinessCheck {
  return { name: 'lifecycle', look: () => (lifecycle.phase === 'serving' ? undefined : lifecycle.phase) }
}

function isLoud({ code }: DecisionEvent): boolean {
  return code === 'BREAK_GLASS' || code === 'LEFT_TO_POLICY'
}
