import type { Client } from '../../cluster/client/client.ts'
import type { Clock } from '../../cluster/clock/clock.ts'
import { listSubresources } from '../../cluster/client/discovery.ts'
import { resources } from '../../cluster/client/resources.ts'
import { unknownWaysIn } from '../../decision/gate/connectable.ts'
import { nodesProxyHolders, type Holders } from '../../decision/gate/nodes-proxy-holders.ts'
import type { Manifest } from '../../api/manifest.ts'
import { createInstallationCheck, keyOf, type Finding } from './installation-check.ts'
import { createRestorations } from './restorations.ts'
import type { WebhookPaths } from './webhook-paths.ts'

export interface SelfCheckPolicy {
  readonly intervalMs: number
  readonly onDifference: 'Restore' | 'Report'
  /** What the installation should be, by the config and the CA as they are now. */
  readonly rendered: () => readonly Manifest[]
}

/** What the last look at each thing has found, for the metrics. */
export interface SelfCheckState {
  /** Objects of the installation that are not as they should be, or will not stay so. */
  faults(): Iterable<Pick<Finding, 'code' | 'kind' | 'name'>>
  /** Undefined until the first look. */
  holders(): Holders | undefined
}

export interface SelfCheckOptions extends SelfCheckPolicy {
  readonly client: Client
  /** Must be steady: by the time of day, a clock that is put back would put off the next look. */
  readonly clock: Clock
  readonly log: SelfCheckLog
  /** Absent where the webhooks have plain paths. */
  readonly paths: WebhookPaths | undefined
  /** Is told of what of the installation was otherwise, once. */
  readonly onFinding: (finding: Finding) => void
  /** Is handed what there is to measure. */
  readonly onState: (state: SelfCheckState) => void
}

interface SelfCheckLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

// What failed is tried again sooner: the API server may only have been restarted.
const retryMs = 15_000

/**
 * Looks at once and then at each interval whether all that holds the gate is as it should be, whether there are ways in that it
 * does not know, and who may go past it. Only reads, while nothing differs. Ends by rejecting with the signal's reason.
 */
export async function runSelfCheck(options: SelfCheckOptions, signal: AbortSignal): Promise<never> {
  const { client, clock, log, intervalMs, paths } = options
  const restorations = createRestorations(options)
  const faults = new Map<string, Pick<Finding, 'code' | 'kind' | 'name'>>()
  let holders: Holders | undefined
  options.onState({ faults: () => faults.values(), holders: () => holders })
  const check = createInstallationCheck({
    ...options,
    expected: (wanted, live) => paths?.expected(wanted, live) ?? wanted,
    restorations,
  })
  const tell = onChange((finding) => {
    // Every cluster has some of its own.
    if ('ofTheCluster' in finding) log[finding.holders.length > 0 ? 'warn' : 'info'](finding, 'who holds nodes/proxy')
    else log.error(finding, 'self-check')
    if ('outcome' in finding) options.onFinding(finding)
  })

  /** Each look: whether there is nothing left to try. */
  function looks(): readonly Promise<boolean>[] {
    return [...options.rendered().map(lookAt), lookForWaysIn(), lookForHolders()]
  }

  async function lookAt(wanted: Manifest): Promise<boolean> {
    const key = keyOf(wanted)
    const finding = await check(wanted, signal)
    tell(key, finding)
    const { kind, metadata } = wanted
    if (finding && finding.outcome !== 'restored') faults.set(key, finding)
    else if (restorations.isAtWar(key)) faults.set(key, { code: 'E_NOT_RESTORED', kind, name: metadata.name })
    else faults.delete(key)
    return finding?.err === undefined
  }

  async function lookForWaysIn(): Promise<boolean> {
    const subresources = unknownWaysIn(await listSubresources(client, signal))
    tell('ways in', subresources.length > 0 ? { code: 'E_UNKNOWN_WAY_IN', subresources } : undefined)
    return true
  }

  async function lookForHolders(): Promise<boolean> {
    const [roles, bindings] = await Promise.all([
      client.list(resources.ClusterRole, {}, signal),
      client.list(resources.ClusterRoleBinding, {}, signal),
    ])
    holders = nodesProxyHolders(roles.items, bindings.items)
    tell('nodes/proxy', { code: 'E_NODES_PROXY', holders: holders.others, ofTheCluster: holders.ofTheCluster })
    return true
  }

  async function succeeded(look: Promise<boolean>): Promise<boolean> {
    try {
      return await look
    } catch (err) {
      if (!signal.aborted) log.warn({ err }, 'self-check could not look; will try again')
      return false
    }
  }

  for (;;) {
    const looked = (await Promise.all(looks().map(succeeded))).every(Boolean)
    // Not before the look: what somebody did to a path would be written over, and never told.
    const isRenewed = paths === undefined || (await succeeded(paths.renew(signal)))
    const nextAt = clock.now() + (looked && isRenewed ? intervalMs : Math.min(retryMs, intervalMs))
    await (paths && isRenewed ? paths.sleepUntil(nextAt, signal) : clock.sleepUntil(nextAt, signal))
  }
}

type Told = Finding | WaysIn | NodesProxy

interface WaysIn {
  readonly code: 'E_UNKNOWN_WAY_IN'
  /** As RBAC writes them, with their group. */
  readonly subresources: readonly string[]
}

interface NodesProxy {
  readonly code: 'E_NODES_PROXY'
  readonly holders: readonly string[]
  /** Those that Kubernetes itself binds, such as system:masters. */
  readonly ofTheCluster: readonly string[]
}

/** Tells what is new: what stays as it was told is not told again at every look, and what was restored is over. */
function onChange(tell: (finding: Told) => void): (key: string, finding: Told | undefined) => void {
  const told = new Map<string, string>()
  return (key, finding) => {
    if (finding === undefined) {
      told.delete(key)
      return
    }
    const err = 'err' in finding ? String(finding.err) : undefined
    const text = JSON.stringify({ ...finding, err, restoredBefore: undefined })
    if (told.get(key) !== text) tell(finding)
    if ('outcome' in finding && finding.outcome === 'restored') told.delete(key)
    else told.set(key, text)
  }
}
