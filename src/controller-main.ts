// The controller's thread, which src/controller-thread.ts starts. Only src/program.ts loads this.
import { parentPort, workerData } from 'node:worker_threads'
import { readCaBundle } from '../certs/ca-bundle.ts'
import { certificateTimes } from '../certs/plan-certificates.ts'
import { allMatches } from '../webhooks/all.ts'
import { allKinds } from './api/kinds/all-kinds.ts'
import { installation } from './api/installation.ts'
import { createLog, type Log } from './observe/log.ts'
import { createClient } from './cluster/client/client.ts'
import { connect } from './cluster/kube-config/kube-config.ts'
import { createWaryClock } from './cluster/clock/wary-clock.ts'
import type { Config } from './config/config.ts'
import type { ControllerStart, FromController, ToController } from './controller-messages.ts'
import { createCertificateKeeper, type CertificateKeeper } from './controller/certificates/certificate-keeper.ts'
import { createFileTrust } from './controller/certificates/file-trust.ts'
import type { WantedTrust } from './controller/certificates/live-bundles.ts'
import { runController } from './controller/controller.ts'
import { workloadKinds } from './controller/views/workloads.ts'
import { createEvaluator } from './expression/evaluator.ts'
import { createMetrics } from './observe/metrics.ts'
import { openAudit } from './audit/open-audit.ts'
import { openValidators } from './open-validators.ts'
import { calledHosts, clientConfigAt } from './install/client-config.ts'
import { customResourceDefinition } from './install/crd.ts'
import { guardPolicies } from './install/guard-policy.ts'
import { webhookConfigurations } from './install/webhook-configuration.ts'
import type { Manifest } from './api/manifest.ts'

const clock = createWaryClock()
const metrics = createMetrics(() => clock.now(), 'controller')

function tell(message: FromController): void {
  parentPort?.postMessage(message)
}

/** Answers the gate's thread. The signal fires at its order to stop. */
function takeOrders(): AbortSignal {
  const stop = new AbortController()
  parentPort?.on('message', (message: ToController) => {
    switch (message.say) {
      case 'stop':
        stop.abort()
        break
      case 'ping':
        tell({ say: 'pong' })
        break
      case 'measure':
        void metrics.measure().then((measured) => {
          tell({ say: 'measured', id: message.id, metrics: measured })
        })
        break
    }
  })
  return stop.signal
}

/** Runs the controller until the order to stop. Keeps the events that it still has to tell. */
async function run({ config, kubeconfig, port }: ControllerStart, stop: AbortSignal, log: Log): Promise<void> {
  const client = createClient(connect(kubeconfig))
  const evaluator = createEvaluator()
  const validators = openValidators(config, { clock, log, metrics })
  const certificates = keeperOf(config, log)
  metrics.measured.certificates = () => {
    const expiresAt = certificates?.expiresAt()
    return expiresAt === undefined ? [] : [{ certificate: 'ca', expiresAt }]
  }
  const audit = openAudit(config.audit, { client, clock, log, metrics, identity: () => config.identity, signal: stop })
  await runController(
    {
      client,
      clock,
      policy: { ...config.grants, ...config.requests },
      workloads: workloadKinds(config.workloads),
      pathLifetimeMs: config.callers.path?.lifetimeMs,
      onPaths: (type, paths) => {
        tell({ say: 'paths', type, paths })
      },
      certificates,
      selfCheck: {
        ...config.selfCheck,
        rendered: () => rendered(config, port, certificates?.trust()),
      },
      evaluator,
      validators,
      audit: audit.delivery,
      tell: audit.tell,
      onPhases: (read) => {
        metrics.measured.phases = read
      },
      onWork: (work) => {
        metrics.measured.work = work
      },
      counts: metrics,
      onSelfCheck: (state) => {
        metrics.measured.selfCheck = state
      },
      log,
    },
    stop,
  )
  evaluator.close()
  await validators.close()
  await audit.close()
  await client.close()
}

/** Returns the objects that must be installed for this config to hold. */
function rendered(config: Config, port: number, trust: WantedTrust | undefined): readonly Manifest[] {
  const clientConfig = clientConfigAt({ ...config.webhooks, port }, trust?.caBundle)
  const injectCaFrom = trust?.injectCaFrom
  const webhooks = webhookConfigurations(allMatches(config), { ...config, clientConfig, injectCaFrom })
  return [...allKinds.map(customResourceDefinition), ...guardPolicies(), ...webhooks]
}

/** Makes the keeper of certificate and trust. Undefined if the config names no CA: then others write `caBundle`. */
function keeperOf({ tls, webhooks }: Config, log: Log): CertificateKeeper | undefined {
  const { namespace, name: configurations } = installation
  const kept = { namespace, configurations, log }
  if (tls.source === 'SelfManaged') {
    const times = certificateTimes(tls.lifetimeMs, tls.caLifetimeMs)
    return createCertificateKeeper({ ...kept, times, hosts: calledHosts(webhooks), clock })
  }
  const { caFile, certFile, injectCaFrom } = tls
  if (caFile === undefined) return undefined
  return createFileTrust({ ...kept, injectCaFrom, readCaBundle: () => readCaBundle(caFile, certFile) })
}

// Only the gate's thread writes the lines: two writers would break into each other's.
const log = createLog({
  write: (line) => {
    tell({ say: 'line', line })
  },
})
await run(workerData as ControllerStart, takeOrders(), log)
tell({ say: 'counted', metrics: await metrics.measure() })
// This ends only this thread. Messages that were sent before are still heard.
process.exit()
