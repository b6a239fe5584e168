import type { Client } from '../../cluster/client/client.ts'
import type { Clock } from '../../cluster/clock/clock.ts'
import type { Holders } from '../../decision/gate/nodes-proxy-holders.ts'
import type { Manifest } from '../../api/manifest.ts'
import { createInstallationCheck, keyOf, type Finding } from './installation-check.ts'
import { createRestorations } from './restorations.ts'
import { tellOnce, type ToldFinding } from './told-findings.ts'
import { lookForHolders, lookForWaysIn, toldOfHolders } from './ways-past-the-gate.ts'
import type { WebhookPaths } from './webhook-paths.ts'

export interface SelfCheckPolicy {
  readonly intervalMs: number
  readonly onDifference: 'Restore' | 'Report'
  /** Returns the installation as it should be, by the config and the CA as they are now. */
  readonly rendered: () => readonly Manifest[]
}

/** The findings of the last look at each thing, for the metrics. */
export interface SelfCheckState {
  /** Returns the objects of the installation that are not as they should be, or will not stay so. */
  faults(): Iterable<Fault>
  /** Returns who holds nodes/proxy. Undefined until the first look. */
  holders(): Holders | undefined
}

type Fault = Pick<Finding, 'code' | 'kind' | 'name'>

export interface SelfCheckOptions extends SelfCheckPolicy {
  readonly client: Client
  /** The clock must be steady: a time of day that is put back would put off the next look. */
  readonly clock: Clock
  readonly log: SelfCheckLog
  /** Absent if the webhooks have plain paths. */
  readonly paths: WebhookPaths | undefined
  /** Is told once of each difference of the installation. */
  readonly onFinding: (finding: Finding) => void
  /** Is handed the state that the metrics measure. */
  readonly onState: (state: SelfCheckState) => void
}

interface SelfCheckLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

// A look that failed is tried again sooner: the API server may only have been restarted.
const retryMs = 15_000

/**
 * Looks at once, and then at each interval. It checks that all that holds the gate is as it should be. It looks for
 * ways in that the gate does not know, and for those who may go past it. It only reads while nothing differs. It ends
 * by rejecting with the signal's reason.
 */
export async function runSelfCheck(options: SelfCheckOptions, signal: AbortSignal): Promise<never> {
  const { client, clock, log, intervalMs, paths } = options
  const restorations = createRestorations(options)
  const faults = new Map<string, Fault>()
  let holders: Holders | undefined
  options.onState({ faults: () => faults.values(), holders: () => holders })
  const check = createInstallationCheck({
    ...options,
    expected: (wanted, live) => paths?.expected(wanted, live) ?? wanted,
    restorations,
  })
  const tell = tellOnce(tellFinding(options))

  /** Starts the looks. Each resolves to true if there is nothing left to try. */
  function looks(): readonly Promise<boolean>[] {
    return [
      ...options.rendered().map(lookAt),
      lookForWaysIn(client, signal).then((found) => {
        tell('ways in', found)
        return true
      }),
      lookForHolders(client, signal).then((found) => {
        holders = found
        tell('nodes/proxy', toldOfHolders(found))
        return true
      }),
    ]
  }

  async function lookAt(wanted: Manifest): Promise<boolean> {
    const key = keyOf(wanted)
    const finding = await check(wanted, signal)
    tell(key, finding)
    const fault = faultOf(wanted, finding, restorations.isAtWar(key))
    if (fault) faults.set(key, fault)
    else faults.delete(key)
    return finding?.err === undefined
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
    // This comes after the look. Otherwise it would overwrite what somebody did to a path, and nobody would be told.
    const isRenewed = paths === undefined || (await succeeded(paths.renew(signal)))
    const nextAt = clock.now() + (looked && isRenewed ? intervalMs : Math.min(retryMs, intervalMs))
    await (paths && isRenewed ? paths.sleepUntil(nextAt, signal) : clock.sleepUntil(nextAt, signal))
  }
}

/** Returns the fault of an object of the installation that is not as it should be, or will not stay so. */
function faultOf({ kind, metadata }: Manifest, finding: Finding | undefined, isAtWar: boolean): Fault | undefined {
  if (finding && finding.outcome !== 'restored') return finding
  return isAtWar ? { code: 'E_NOT_RESTORED', kind, name: metadata.name } : undefined
}

function tellFinding({ log, onFinding }: Pick<SelfCheckOptions, 'log' | 'onFinding'>): (finding: ToldFinding) => void {
  return (finding) => {
    // Every cluster has some holders of its own.
    if ('ofTheCluster' in finding) log[finding.holders.length > 0 ? 'warn' : 'info'](finding, 'who holds nodes/proxy')
    else log.error(finding, 'self-check')
    if ('outcome' in finding) onFinding(finding)
  }
}
