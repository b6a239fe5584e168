import type { FindingCode } from '../../decision/text/finding-codes.ts'
import { canBeMade, isInstallersOwn } from '../../install/live-difference.ts'
import { whatPasses } from '../../install/what-passes.ts'
import type { Manifest } from '../../api/manifest.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import type { Compared, InstalledObjects } from './installed-objects.ts'
import type { Restorations } from './restorations.ts'
import type { SeenRight } from './seen-right.ts'
import type { ControllerWork } from '../../audit/event/controller-event.ts'
import { say } from '../../decision/text/sentence.ts'

/** Something about the installation that somebody should know. */
export interface Finding {
  readonly code: FindingCode
  readonly kind: string
  readonly name: string
  readonly outcome: 'restored' | 'reported' | 'not restored'
  readonly differences: readonly string[]
  /** The number of times it was restored within the last hour, if the same difference came back each time. */
  readonly restoredBefore?: number
  /** A clause that says what passes until the object is restored. Anything that passed stays so. */
  readonly meanwhile?: string
  readonly err?: unknown
}

export interface InstallationCheckOptions {
  readonly objects: InstalledObjects
  readonly onDifference: 'Restore' | 'Report'
  readonly restorations: Restorations
  readonly seenRight: SeenRight
  /** Resolves to true while replicas of two versions run. */
  readonly isUpgrading: (signal: AbortSignal) => Promise<boolean>
  readonly log: { info(fields: object, message: string): void }
}

/**
 * Looks at one object. Undefined if it is as rendered. `waits` if it is that of an earlier config or version, and stays
 * so until all replicas have the same version. Rejects with KubeApiError if it cannot be read.
 * @param owner of the objects that are made here, and of every webhook configuration
 */
export type InstallationCheck = (
  wanted: Manifest,
  owner: OwnerReference,
  signal: AbortSignal,
) => Promise<Finding | 'waits' | undefined>

export const noCa = 'a webhook needs its CA, and it is not known: tls.caFile names it, or Sallyport makes it'

/** Makes the check. An object that only waits for the config in force is brought there, and nothing is found. */
export function createInstallationCheck(options: InstallationCheckOptions): InstallationCheck {
  const { objects, onDifference, seenRight } = options
  return async (rendered, owner, signal) => {
    const compared = await objects.compare(rendered, owner, signal)
    const { wanted, live, differences } = compared
    const isRight = differences.length === 0
    if (isInstallersOwn(wanted)) return isRight ? undefined : { ...foundIn(compared), outcome: 'reported' }
    if (live && isRight) await seenRight.note(live, wanted, signal)
    if (isRight) return undefined
    if (live && (await seenRight.isUntouched(live, wanted, signal))) return follow(options, compared, signal)
    if (onDifference === 'Report') return { ...foundIn(compared), outcome: 'reported' }
    return restore(options, compared, signal)
  }
}

function foundIn({ wanted, live, differences }: Compared): Omit<Finding, 'outcome'> {
  return live === undefined
    ? { code: 'E_INSTALLATION_MISSING', ...namesOf(wanted), differences: [] }
    : { code: 'E_INSTALLATION_CHANGED', ...namesOf(wanted), differences }
}

/** Brings an object that nobody has changed to what it must be now. */
async function follow(
  options: InstallationCheckOptions,
  compared: Compared,
  signal: AbortSignal,
): Promise<Finding | 'waits' | undefined> {
  const { wanted, differences } = compared
  if (await options.isUpgrading(signal)) return 'waits'
  const undone = await write(options, compared, signal)
  if (undone) return undone
  options.log.info({ ...namesOf(wanted), differences }, 'the installation follows the config')
  return undefined
}

/** Restores an object that somebody has changed. A difference that will come back does not count as restored. */
async function restore(options: InstallationCheckOptions, compared: Compared, signal: AbortSignal): Promise<Finding> {
  const { restorations } = options
  const { wanted, live, differences } = compared
  if (live === undefined && !canBeMade(wanted)) return { ...foundIn(compared), outcome: 'not restored', err: noCa }
  const key = keyOf(wanted)
  const restoredBefore = restorations.timesAtWar(key, differences)
  const undone = await write(options, compared, signal)
  if (undone) return undone
  restorations.note(key, differences)
  return restoredBefore === undefined
    ? { ...foundIn(compared), outcome: 'restored' }
    : notRestored(compared, restoredBefore)
}

/** Undefined if the object is now as it must be. It does not write too soon after the last time. */
async function write(
  { objects, restorations, seenRight }: InstallationCheckOptions,
  compared: Compared,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  const { wanted, differences } = compared
  const key = keyOf(wanted)
  const restoredBefore = restorations.timesAtWar(key, differences)
  if (!restorations.mayWrite(key, differences)) return notRestored(compared, restoredBefore)
  try {
    const written = await objects.write(compared, signal)
    if (written.differences.length > 0) {
      restorations.noteUndone(key, written.differences)
      return notRestored(written, restoredBefore)
    }
    await seenRight.note(written.live, wanted, signal)
    return undefined
  } catch (err) {
    signal.throwIfAborted()
    return { ...notRestored(compared, restoredBefore), err }
  }
}

function notRestored({ wanted, differences }: Compared, restoredBefore: number | undefined): Finding {
  const meanwhile = whatPasses(wanted.kind, differences)
  return {
    ...{ code: 'E_NOT_RESTORED', ...namesOf(wanted), outcome: 'not restored', differences },
    ...(restoredBefore !== undefined && { restoredBefore }),
    ...(meanwhile !== undefined && { meanwhile }),
  }
}

/** Returns the name that stands here for an object of the installation. */
export function keyOf({ kind, metadata }: Pick<Manifest, 'kind' | 'metadata'>): string {
  return `${kind}/${metadata.name}`
}

function namesOf({ kind, metadata }: Manifest): { readonly kind: string; readonly name: string } {
  return { kind, name: metadata.name }
}

/** Returns a finding of the self-check as an audit event tells it. */
export function tamperedInstallation(found: Finding): ControllerWork {
  const { code, kind, name, outcome, differences, meanwhile, err } = found
  return {
    what: 'tampering',
    objects: [{ kind, name }],
    finding: { code, outcome, ...(differences.length > 0 && { differences: [...differences] }) },
    message:
      say`${kind} ${name} ` +
      `${whatWas(found)}: ${outcome}` +
      (meanwhile === undefined ? '' : `; meanwhile ${meanwhile}`) +
      // A text is for readers. An error may hold more than they should see.
      (typeof err === 'string' ? `: ${err}` : ''),
  }
}

const whats: Partial<Record<FindingCode, string>> = {
  E_INSTALLATION_MISSING: 'was missing',
  E_NOT_CLOSED: 'was not made yet',
  E_NOT_REACHED: 'was not made yet, since the API server does not reach the gate',
}

function whatWas({ code, restoredBefore }: Finding): string {
  if (restoredBefore !== undefined) return 'is changed again and again after it was restored'
  return whats[code] ?? 'was changed'
}
