import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { readCaBundle } from '../certs/ca-bundle.ts'
import { readPair } from '../certs/key-pair.ts'
import { watchPair } from '../certs/watch-pair.ts'
import { allMatches } from '../webhooks/all-matches.ts'
import { breakGlassWebhook } from '../webhooks/break-glass.ts'
import { connectWebhook } from '../webhooks/connect.ts'
import { deletionWebhook } from '../webhooks/deletions.ts'
import { stampGrantWebhook } from '../webhooks/stamp-grant.ts'
import { stampRequestWebhook } from '../webhooks/stamp-request.ts'
import { stampTemplateWebhook } from '../webhooks/stamp-template.ts'
import { tamperingWebhook } from '../webhooks/tampering.ts'
import { createMetrics } from './metrics.ts'
import { openAudit } from './open-audit.ts'
import type { DecisionEvent } from './audit/decision-event.ts'
import { createDenialMerger } from './audit/denial-merger.ts'
import { createLog, type Log } from './audit/log.ts'
import { createClient } from './cluster/client.ts'
import { connect } from './cluster/kube-config.ts'
import { createWaryClock } from './cluster/wary-clock.ts'
import { loadConfig, type Config } from './config.ts'
import { createEvaluator } from './expression/evaluator.ts'
import { runController } from './controller/controller.ts'
import { workloadKinds } from './controller/workloads.ts'
import type { Manifest } from './provision/manifest.ts'
import { clientConfigAt } from './provision/install/client-config.ts'
import { guardPolicies } from './provision/install/guard-policy.ts'
import { webhookConfigurations } from './provision/install/webhook-configuration.ts'
import { createValidators } from './validation/validators.ts'
import { createGateServer } from './server/gate-server.ts'
import { startHealthServer } from './server/health-server.ts'
import type { Lifecycle } from './server/lifecycle.ts'

const usage = 'Usage: node src/main.ts --config FILE [--kubeconfig FILE]'

// A readiness probe has a second; an API server that needs longer is not one to decide with.
const readinessTimeoutMs = 900

/** Runs a replica until SIGTERM or SIGINT, then drains. A second signal ends it at once. */
async function run(config: Config, kubeconfig: string | undefined, log: Log): Promise<void> {
  const stop = new AbortController()
  const stopped = onSignal(stop)
  const client = createClient(connect(kubeconfig))
  const clock = createWaryClock()
  const evaluator = createEvaluator()
  const lifecycle: Lifecycle = { phase: 'starting' }

  const workloads = workloadKinds(config.workloads)
  const metrics = createMetrics(() => clock.now())
  const audit = openAudit(config.audit, { client, clock, log, metrics, signal: stop.signal })
  const denials = createDenialMerger((event) => {
    log[isLoud(event) ? 'warn' : 'info'](event, 'admission decided')
    metrics.onDecision(event)
    audit.onDecision(event)
  })

  const validators = createValidators(config.validators, {
    source: config.audit.source,
    now: () => clock.now(),
    onFailure: (failure) => {
      log.error(failure, 'a validator gave no answer')
    },
    onAnswer: (answered) => {
      metrics.onValidatorAnswer(answered)
    },
  })

  const first = readPair(config.tls, new Date())
  if (!first.ok) throw new Error(first.problem)
  const server = createGateServer({
    webhooks: [
      audit.audited(connectWebhook(client, clock, config)),
      // Nobody calls it otherwise but who would fill the log.
      ...(config.breakGlass.subjects.length > 0 ? [breakGlassWebhook] : []),
      audit.audited(stampRequestWebhook(client, { clock, validators }, config.identity)),
      audit.audited(stampGrantWebhook(client, validators, config)),
      audit.audited(stampTemplateWebhook(client, { clock, evaluator }, { ...config, workloads })),
      tamperingWebhook,
      deletionWebhook,
    ],
    pair: first.pair,
    lifecycle,
    onAnswer: ({ cause, ...answered }) => {
      denials.record(audit.decisionEvent(answered))
      if (cause !== undefined) log.error({ id: answered.id, err: cause }, 'decision failed')
    },
    onRefusal: (refused) => {
      log.warn(refused, 'call refused')
    },
  })
  watchPair(
    config.tls,
    first.pair,
    {
      onPair: (pair) => {
        server.setPair(pair)
        log.info('certificate reloaded')
      },
      onProblem: (problem) => {
        log.error({ problem }, 'certificate not reloaded; the one before stays')
      },
    },
    stop.signal,
  )
  const health = await startHealthServer({
    ...config.health,
    metrics: () => metrics.render(),
    notReady: async () => {
      if (lifecycle.phase !== 'serving') return lifecycle.phase
      try {
        await client.call('/version', { signal: AbortSignal.timeout(readinessTimeoutMs) })
        return undefined
      } catch {
        return 'the API server does not answer'
      }
    },
  })
  const port = await server.listen(config.webhooks)
  lifecycle.phase = 'serving'
  log.info({ port, healthPort: health.port, enforcement: config.enforcement }, 'serving')

  const controller = runController(
    {
      client,
      clock,
      policy: { ...config.grants, ...config.requests, ...config.shell },
      workloads,
      selfCheck: { ...config.selfCheck, rendered: () => rendered(config, port, log) },
      evaluator,
      validators,
      audit: audit.forController,
      tell: audit.tell,
      onPhases: (read) => {
        metrics.measured.phases = read
      },
      log,
    },
    stop.signal,
  )
  // Without its controller a replica would look well and grant nothing: it ends, and is started anew.
  await Promise.race([stopped, controller])
  lifecycle.phase = 'draining'
  log.info({ forMs: config.drainDelayMs }, 'draining')
  await sleep(config.drainDelayMs)
  lifecycle.phase = 'closing'
  await server.close()
  await health.close()
  denials.flush()
  await controller
  // Not before: whoever waits would be told that nobody answers.
  evaluator.close()
  await validators.close()
  await audit.close()
  await client.close()
  log.info('stopped')
}

function isLoud({ code }: DecisionEvent): boolean {
  return code === 'BREAK_GLASS' || code === 'LEFT_TO_POLICY'
}

/** What must be installed for this config to hold. */
function rendered(config: Config, port: number, log: Log): readonly Manifest[] {
  const clientConfig = clientConfigAt({ ...config.webhooks, port }, caBundleOf(config.tls, log))
  return [...guardPolicies(), ...webhookConfigurations(allMatches(config), { ...config, clientConfig })]
}

/** Read anew each time: a CA is replaced by adding the next one to the file. */
function caBundleOf({ caFile, certFile }: Config['tls'], log: Log): string | undefined {
  if (caFile === undefined) return undefined
  const result = readCaBundle(caFile, certFile)
  if (result.ok) return result.caBundle
  log.error({ problem: result.problem }, 'tls.caFile not used; the caBundle that is installed stays')
  return undefined
}

function onSignal(stop: AbortController): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (stop.signal.aborted) process.exit(1) // A second one: now.
        stop.abort()
        resolve()
      })
    }
  })
}

const unreadLinesMs = 1_000

const log = createLog()
try {
  const { values } = parseArgs({ options: { config: { type: 'string' }, kubeconfig: { type: 'string' } } })
  if (values.config === undefined) throw new Error(usage)
  await run(loadConfig(values.config), values.kubeconfig, log)
  // By itself, unless there are lines that nobody reads.
  setTimeout(() => process.exit(0), unreadLinesMs).unref()
} catch (error) {
  log.fatal({ err: error }, 'not running')
  process.exit(1)
}
