import { installation } from '../../api/installation.ts'
import type { Manifest } from '../../api/manifest.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import type { Instant } from '../../cluster/clock/clock.ts'
import { hasWebhooks } from '../../install/live-difference.ts'
import { createFaults, type Faults } from './faults.ts'
import { createFirstClosing, type FirstClosing } from './first-closing.ts'
import { lookAtGate, type GateLook, type OwnedGate } from './gate-look.ts'
import { createInstallationCheck, keyOf } from './installation-check.ts'
import { createInstalledObjects, type InstalledObjectsOptions } from './installed-objects.ts'
import { createLeaseNotes } from './lease-notes.ts'
import { createObjectLook } from './object-look.ts'
import { createRestorations } from './restorations.ts'
import { createSeenRight } from './seen-right.ts'
import type { SelfCheckOptions } from './self-check-options.ts'
import { areVersionsSideBySide } from './side-by-side.ts'
import { createToldCondition, type ToldCondition } from './told-condition.ts'
import { tellFinding, tellOnce } from './told-findings.ts'
import { createWaysPast, type WaysPast } from './ways-past-the-gate.ts'

/** The looks of one term of leading. Each says when the next one is due. */
export interface Looks {
  /**
   * Looks at the owner and the webhook configurations. It closes the gate if it never was, and makes the paths anew if
   * that is due. `owner` is undefined while nothing may be made or restored.
   */
  atGate(): Promise<{ readonly nextAt: Instant; readonly owner: OwnerReference | undefined }>
  /** Looks at those of the other things that are due. */
  atRest(owner: OwnerReference | undefined): Promise<Instant>
}

/** The state of one term. */
interface Term extends SelfCheckOptions {
  readonly signal: AbortSignal
  /** A look that failed is tried again after this time: the API server may only have been restarted. */
  readonly retryMs: number
  readonly faults: Faults
  readonly closing: FirstClosing
  /** Looks at one object. Resolves to the time of the next look, or to Infinity. */
  readonly lookAt: (wanted: Manifest, owner: OwnerReference) => Promise<Instant>
  readonly tellCondition: ToldCondition
  readonly waysPast: WaysPast
}

// A look that failed is tried again sooner: the API server may only have been restarted.
const retryMs = 15_000

export function createLooks(options: SelfCheckOptions, signal: AbortSignal): Looks {
  const term = termOf(options, signal)
  const { faults, waysPast, clock, intervalMs, rendered } = term
  const dueAt = new Map<string, Instant>()
  return {
    async atGate() {
      const failed = (): GateLook => ({ owner: undefined, againMs: term.retryMs })
      const gate = await succeeded(term, lookAtGate(term, signal), failed)
      const nextAt = gate.owner === undefined ? clock.now() + gate.againMs : await lookAtConfigurations(term, gate)
      await term.tellCondition([...faults.all()], signal)
      return { nextAt, owner: gate.owner }
    },
    async atRest(owner) {
      const lookOf = (by: OwnerReference) => (one: Manifest) => ({ key: keyOf(one), look: () => term.lookAt(one, by) })
      const objects = rendered().filter((one) => !hasWebhooks(one))
      const looks = [...(owner === undefined ? [] : objects.map(lookOf(owner))), ...waysPast.looks]
      const due = looks.filter(({ key }) => (dueAt.get(key) ?? -Infinity) <= clock.now())
      await Promise.all(due.map(async ({ key, look }) => dueAt.set(key, await nextLook(term, look()))))
      return Math.min(clock.now() + intervalMs, ...looks.map(({ key }) => dueAt.get(key) ?? -Infinity))
    },
  }
}

function termOf(options: SelfCheckOptions, signal: AbortSignal): Term {
  const { client, log, paths, intervalMs } = options
  const restorations = createRestorations(options)
  const tell = tellOnce(tellFinding(options))
  const faults = createFaults(restorations, tell)
  const notes = createLeaseNotes(client, log)
  const expected: InstalledObjectsOptions['expected'] = (wanted, live) => paths?.expected(wanted, live) ?? wanted
  const objects = createInstalledObjects({ client, expected })
  const check = createInstallationCheck({
    ...{ ...options, objects, restorations, seenRight: createSeenRight(notes) },
    isUpgrading: () => areVersionsSideBySide(client, installation.namespace, signal),
  })
  const waysPast = createWaysPast({ client, tell }, signal)
  options.onState({ faults: () => faults.all(), holders: waysPast.holders })
  const each = { ...options, signal, faults, restorations, retryMs: Math.min(retryMs, intervalMs) }
  return {
    ...each,
    closing: createFirstClosing({ ...options, objects, notes }),
    lookAt: createObjectLook({ ...each, check }),
    tellCondition: createToldCondition(options),
    waysPast,
  }
}

/** Looks at the webhook configurations. */
async function lookAtConfigurations(term: Term, gate: OwnedGate): Promise<Instant> {
  const { rendered, lookAt, paths, clock, signal } = term
  const configurations = gate.isClosed ? rendered().filter(hasWebhooks) : []
  const nextAt = await Promise.all(configurations.map((one) => nextLook(term, lookAt(one, gate.owner))))
  // This comes after the look. Otherwise it would overwrite what somebody did to a path, and nobody would be told.
  const isRenewed = await succeeded(term, paths?.renew(signal) ?? Promise.resolve(true), () => false)
  // A path that could not be made anew is due, and would leave no pause.
  const pathsAt = isRenewed ? (paths?.dueAt() ?? Infinity) : clock.now() + term.retryMs
  return Math.min(...nextAt, pathsAt, clock.now() + (gate.isClosed ? term.intervalMs : gate.againMs))
}

/** Resolves to the time of the next look at a thing. */
async function nextLook(term: Term, look: Promise<Instant>): Promise<Instant> {
  const { clock, intervalMs, retryMs: failedMs } = term
  return Math.min(await succeeded(term, look, () => clock.now() + failedMs), clock.now() + intervalMs)
}

async function succeeded<T>({ log, signal }: Term, look: Promise<T>, otherwise: () => T): Promise<T> {
  try {
    return await look
  } catch (err) {
    if (!signal.aborted) log.warn({ err }, 'self-check could not look; will try again')
    return otherwise()
  }
}
