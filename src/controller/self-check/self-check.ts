import type { OwnerReference } from '../../api/owner-reference.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Clock, Instant } from '../../cluster/clock/clock.ts'
import type { Holders } from '../../decision/gate/nodes-proxy-holders.ts'
import type { Manifest } from '../../api/manifest.ts'
import { hasWebhooks, type LiveObject } from '../../install/live-difference.ts'
import { createFaults, type Fault } from './faults.ts'
import { createFirstClosing } from './first-closing.ts'
import { lookAtGate, type GateLook } from './gate-look.ts'
import { followingConfig } from './follow-config-change.ts'
import { createInstallationCheck, type Finding } from './installation-check.ts'
import { createRestorations } from './restorations.ts'
import { tellOnce, type ToldFinding } from './told-findings.ts'
import { lookForHolders, lookForWaysIn, toldOfHolders } from './ways-past-the-gate.ts'
import type { WebhookPaths } from './webhook-paths.ts'

export interface SelfCheckPolicy {
  readonly intervalMs: number
  readonly onDifference: 'Restore' | 'Report'
  /** Returns the installation as it should be, by the config and the CA as they are now. */
  readonly rendered: () => readonly Manifest[]
  /** Returns the same by each config that was in force in this replica before. */
  readonly earlier: () => readonly Manifest[]
}

/** The findings of the last look at each thing, for the metrics. */
export interface SelfCheckState {
  /** Returns the objects of the installation that are not as they should be, or will not stay so. */
  faults(): Iterable<Fault>
  /** Returns who holds nodes/proxy. Undefined until the first look. */
  holders(): Holders | undefined
}

export interface SelfCheckOptions extends SelfCheckPolicy {
  readonly client: Client
  /** The clock must be steady: a time of day that is put back would put off the next look. */
  readonly clock: Clock
  readonly log: SelfCheckLog
  /** Absent if the webhooks have plain paths. */
  readonly paths: WebhookPaths | undefined
  /** True once the controller has read all kinds that it needs. */
  readonly isSynced: () => boolean
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
 * ways in that the gate does not know, and for those who may go past it. It only reads while nothing differs. On a
 * cluster that was never closed, it closes the gate first. It ends by rejecting with the signal's reason.
 */
export async function runSelfCheck(options: SelfCheckOptions, signal: AbortSignal): Promise<never> {
  const { clock, paths, intervalMs } = options
  const looks = createLooks(options, signal)
  let lookAt: Instant = -Infinity
  for (;;) {
    const gate = await looks.atGate()
    let isRenewed = false
    // While the cluster is open, the gate is looked at more often than the rest.
    if (gate.isClosed || clock.now() >= lookAt) {
      const looked = await looks.atRest(gate)
      // This comes after the look. Otherwise it would overwrite what somebody did to a path, and nobody would be told.
      isRenewed = await looks.renewPaths()
      lookAt = clock.now() + (looked && isRenewed ? intervalMs : Math.min(retryMs, intervalMs))
    }
    const nextAt = gate.isClosed ? lookAt : Math.min(lookAt, clock.now() + gate.againMs)
    // A path that could not be renewed is due, and would leave no pause.
    await (isRenewed ? (paths ?? clock) : clock).sleepUntil(nextAt, signal)
  }
}

interface Looks {
  /** Closes the gate if it never was, and notes what is in the way. */
  atGate(): Promise<GateLook>
  /** Looks at everything. Resolves to true if there is nothing left to try. */
  atRest(gate: GateLook): Promise<boolean>
  /** Makes the paths anew if that is due. Resolves to false if it could not. */
  renewPaths(): Promise<boolean>
}

function createLooks(options: SelfCheckOptions, signal: AbortSignal): Looks {
  const { client, log, paths, intervalMs, rendered } = options
  const restorations = createRestorations(options)
  const tell = tellOnce(tellFinding(options))
  const faults = createFaults(restorations, tell)
  let holders: Holders | undefined
  options.onState({ faults: () => faults.all(), holders: () => holders })
  const expected = (wanted: Manifest, live?: LiveObject): Manifest => paths?.expected(wanted, live) ?? wanted
  const check = followingConfig(createInstallationCheck({ ...options, expected, restorations }), {
    ...options,
    expected,
  })
  const closing = createFirstClosing({ ...options, expected })

  async function lookAt(wanted: Manifest, owner: OwnerReference): Promise<boolean> {
    const finding = await check(wanted, owner, signal)
    faults.note(wanted, finding)
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

  return {
    renewPaths: () => succeeded(paths?.renew(signal) ?? Promise.resolve(true)),
    async atGate() {
      let gate: GateLook = { isClosed: false, againMs: Math.min(retryMs, intervalMs) }
      const looking = lookAtGate(client, { closing, faults }, signal).then((found) => {
        gate = found
        return true
      })
      await succeeded(looking)
      return gate
    },
    async atRest({ isClosed, owner }) {
      const installed = rendered().filter((one) => isClosed || !hasWebhooks(one))
      const looks = [
        ...(owner ? installed.map((one) => lookAt(one, owner)) : []),
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
      // Without an owner, somebody may be about to install the rest.
      return (await Promise.all(looks.map(succeeded))).every(Boolean) && owner !== undefined
    },
  }
}

function tellFinding({ log, onFinding }: Pick<SelfCheckOptions, 'log' | 'onFinding'>): (finding: ToldFinding) => void {
  return (finding) => {
    // Every cluster has some holders of its own.
    if ('ofTheCluster' in finding) log[finding.holders.length > 0 ? 'warn' : 'info'](finding, 'who holds nodes/proxy')
    else log.error(finding, 'self-check')
    if ('outcome' in finding) onFinding(finding)
  }
}
