import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { resourceOf } from '../../cluster/client/resources.ts'
import type { FindingCode } from '../../decision/text/finding-codes.ts'
import {
  canBeMade,
  differencesOf,
  hasWebhooks,
  isInstallersOwn,
  mended,
  ownedBy,
  withLiveCaBundle,
  type LiveObject,
} from '../../install/live-difference.ts'
import { whatPasses } from '../../install/what-passes.ts'
import type { Manifest } from '../../api/manifest.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import type { Restorations } from './restorations.ts'
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
  readonly client: Pick<Client, 'get' | 'apply' | 'replace'>
  readonly onDifference: 'Restore' | 'Report'
  /** Returns the object as it must be. The live object gives those parts that no config tells. */
  readonly expected: (wanted: Manifest, live: LiveObject | undefined) => Manifest
  readonly restorations: Restorations
}

/**
 * Looks at one object. Undefined if it is as rendered. Rejects with KubeApiError if it cannot be read.
 * @param owner of the objects that are made here, and of every webhook configuration
 */
export type InstallationCheck = (
  wanted: Manifest,
  owner: OwnerReference,
  signal: AbortSignal,
) => Promise<Finding | undefined>

export const noCa = 'a webhook needs its CA, and it is not known: tls.caFile names it, or Sallyport makes it'

/**
 * Makes the check. It restores by PUT, and not by apply. An apply could not take away what somebody else added, such as
 * an objectSelector, which silently switches the gate off.
 */
export function createInstallationCheck(options: InstallationCheckOptions): InstallationCheck {
  const { client, onDifference, expected, restorations } = options

  const isReportedOnly = (wanted: Manifest): boolean => onDifference === 'Report' || isInstallersOwn(wanted)

  async function make(wanted: Manifest, owner: OwnerReference, signal: AbortSignal): Promise<Finding> {
    const found = { code: 'E_INSTALLATION_MISSING', ...namesOf(wanted), differences: [] } as const
    if (isReportedOnly(wanted)) return { ...found, outcome: 'reported' }
    if (!canBeMade(wanted)) {
      return { ...found, outcome: 'not restored', err: noCa }
    }
    const made = expected(ownedBy(wanted, owner), undefined)
    // This is an apply, so that the right to make the object can be for this name only.
    const write = (): Promise<KubeObject> => client.apply(resourceOf(made.kind), made, signal)
    const differences = ['the object is absent']
    return restore({ ...found, outcome: 'restored' }, { wanted: made, differences, write }, signal)
  }

  async function mend(rendered: Manifest, live: LiveObject, signal: AbortSignal): Promise<Finding | undefined> {
    const wanted = expected(withLiveCaBundle(rendered, live), live)
    const differences = differencesOf(wanted, live)
    if (differences.length === 0) return undefined
    const found = { code: 'E_INSTALLATION_CHANGED', ...namesOf(wanted), differences } as const
    if (isReportedOnly(wanted)) return { ...found, outcome: 'reported' }
    const write = (): Promise<KubeObject> => client.replace(resourceOf(wanted.kind), mended(wanted, live), signal)
    return restore({ ...found, outcome: 'restored' }, { wanted, differences, write }, signal)
  }

  /**
   * Writes, unless that is too soon after the last time. A difference that will come back does not count as restored.
   */
  async function restore(
    found: Finding,
    { wanted, differences, write }: Restoration,
    signal: AbortSignal,
  ): Promise<Finding> {
    const key = keyOf(wanted)
    const restoredBefore = restorations.timesAtWar(key, differences)
    const undone = notRestored(wanted, differences, restoredBefore)
    if (!restorations.mayWrite(key, differences)) return undone
    try {
      const left = differencesOf(wanted, { ...(await write()) })
      if (left.length > 0) {
        restorations.noteUndone(key, left)
        return notRestored(wanted, left, restoredBefore)
      }
      restorations.note(key, differences)
      return restoredBefore === undefined ? found : undone
    } catch (err) {
      signal.throwIfAborted()
      return { ...undone, err }
    }
  }

  return async (wanted, owner, signal) => {
    const live: KubeObject | undefined = await client.get(resourceOf(wanted.kind), wanted.metadata, signal)
    if (live === undefined) return make(wanted, owner, signal)
    return mend(owned(wanted, owner), { ...live }, signal)
  }
}

/** Returns the object with its owner. The installer knows all other objects, and takes them away itself. */
export function owned(wanted: Manifest, owner: OwnerReference): Manifest {
  return hasWebhooks(wanted) ? ownedBy(wanted, owner) : wanted
}

interface Restoration {
  readonly wanted: Manifest
  readonly differences: readonly string[]
  readonly write: () => Promise<KubeObject>
}

function notRestored(wanted: Manifest, differences: readonly string[], restoredBefore: number | undefined): Finding {
  const meanwhile = whatPasses(wanted.kind, differences)
  return {
    ...{ code: 'E_NOT_RESTORED', ...namesOf(wanted), outcome: 'not restored', differences },
    ...(restoredBefore !== undefined && { restoredBefore }),
    ...(meanwhile !== undefined && { meanwhile }),
  }
}

/** Returns the name by which an object of the installation is known here. */
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
