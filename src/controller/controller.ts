import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { installation } from '../api/installation.ts'
import type { Match } from '../api/review/match.ts'
import { runAudit, type AuditOptions } from '../audit/delivery/audit-loop.ts'
import { fencedClient } from '../cluster/client/fenced-client.ts'
import { steadyClock } from '../cluster/clock/clock.ts'
import { runAsLeader, type LeaderEvent } from '../cluster/lease/leader-lease.ts'
import { createWakeUp, type WakeUp } from '../cluster/queue/wake-up.ts'
import type { CertificateKeeper } from './certificates/certificate-keeper.ts'
import { reconcileAll, type ReconcileOptions } from './reconcile.ts'
import { tamperedInstallation, type Finding } from './self-check/installation-check.ts'
import { createExposureListener } from './self-check/path-exposure.ts'
import { runSelfCheck } from './self-check/self-check.ts'
import type { SelfCheckPolicy, SelfCheckState } from './self-check/self-check-options.ts'
import { createWebhookPaths, type WebhookPaths } from './self-check/webhook-paths.ts'

export interface ControllerOptions extends ReconcileOptions {
  readonly selfCheck: SelfCheckPolicy
  /** The lifetime of the random part of the webhooks' paths. Undefined if they have none. */
  readonly pathLifetimeMs: number | undefined
  /** Is told the paths that are about to be written into the webhook configuration of this type. */
  readonly onPaths: (type: Match['type'], paths: readonly string[]) => void
  /** Keeps the certificate and the trust in it. Absent if the config names no CA. */
  readonly certificates?: Pick<CertificateKeeper, 'start'> | undefined
  /** Absent if the config has no sink. */
  readonly audit?: Pick<AuditOptions, 'source' | 'sinks' | 'onBacklog'> | undefined
  /** Is handed the findings of the self-check while this replica leads; undefined at the end. */
  readonly onSelfCheck: (state: SelfCheckState | undefined) => void
}

/** Reconciles while this replica leads, until the signal fires. All replicas may run it; one leads. */
export async function runController(options: ControllerOptions, signal: AbortSignal): Promise<void> {
  const { client, log, pathLifetimeMs } = options
  /** The paths of the term in which this replica leads. */
  let paths: WebhookPaths | undefined
  const lease = {
    client,
    // A steady clock measures how long a lease was held: the time of day may be set.
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
    const bell = createWakeUp()
    const onDue = (): void => {
      bell.wake()
    }
    const each = { client: fenced, clock: steadyClock, onNew: options.onPaths, onDue }
    paths = pathLifetimeMs === undefined ? undefined : createWebhookPaths({ ...each, lifetimeMs: pathLifetimeMs })
    return runParts({ ...options, client: fenced }, { paths, bell }, leading)
  }
  await runAsLeader(lease, lead, signal)
}

async function runParts(
  options: ControllerOptions,
  checked: { readonly paths: WebhookPaths | undefined; readonly bell: WakeUp },
  outer: AbortSignal,
): Promise<void> {
  const { client, clock, log, selfCheck, audit, tell, onSelfCheck, certificates } = options
  const onFinding = (finding: Finding): void => {
    tell(tamperedInstallation(finding))
  }
  let isSynced = false
  const onPhases: ReconcileOptions['onPhases'] = (read) => {
    isSynced = read !== undefined
    options.onPhases(read)
  }
  const stop = new AbortController()
  const signal = AbortSignal.any([outer, stop.signal])
  const kept = certificates?.start(client, signal)
  const looking = { client, clock: steadyClock, log, onFinding, onState: onSelfCheck, isSynced: () => isSynced }
  // All parts end when one ends.
  const parts = [
    reconcileAll({ ...options, onPhases }, signal),
    // The self-check needs the CA, which may have to be made.
    Promise.resolve(kept?.looked).then(() => runSelfCheck({ ...looking, ...checked, ...selfCheck }, signal)),
    ...(kept ? [kept.ended] : []),
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
