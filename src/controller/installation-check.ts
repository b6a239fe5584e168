import type { Client } from '../cluster/client.ts'
import type { KubeObject } from '../cluster/resource.ts'
import { resourceOf } from '../cluster/resources.ts'
import type { FindingCode } from '../decision/finding-codes.ts'
import {
  canBeMade,
  differencesOf,
  isInstallersOwn,
  mended,
  withLiveCaBundle,
  type LiveObject,
} from '../provision/install/live-difference.ts'
import type { Manifest } from '../provision/manifest.ts'

/** Something about the installation that somebody should know. */
export interface Finding {
  readonly code: FindingCode
  readonly kind: string
  readonly name: string
  readonly outcome: 'restored' | 'reported' | 'not restored'
  readonly differences: readonly string[]
  readonly err?: unknown
}

export interface InstallationCheckOptions {
  readonly client: Pick<Client, 'get' | 'apply' | 'replace'>
  readonly onDifference: 'Restore' | 'Report'
  /** The object as it must be beside what is there: what of it no config says. */
  readonly expected: (wanted: Manifest, live: LiveObject | undefined) => Manifest
}

/** Looks at one object: undefined where it is as rendered. Rejects with KubeApiError where it cannot be read. */
export type InstallationCheck = (wanted: Manifest, signal: AbortSignal) => Promise<Finding | undefined>

/**
 * Restores by PUT, and not by apply: that could not take away what somebody else added, such as an objectSelector, which
 * silently switches the gate off.
 */
export function createInstallationCheck(options: InstallationCheckOptions): InstallationCheck {
  const { client, onDifference, expected } = options
  /** What was still otherwise right after a write: to write it again would be a war. */
  const kept = new Map<string, string>()

  const isReportedOnly = (wanted: Manifest): boolean => onDifference === 'Report' || isInstallersOwn(wanted)

  async function make(wanted: Manifest, signal: AbortSignal): Promise<Finding> {
    const found = { code: 'E_INSTALLATION_MISSING', ...namesOf(wanted), differences: [] } as const
    if (isReportedOnly(wanted)) return { ...found, outcome: 'reported' }
    if (!canBeMade(wanted)) {
      return { ...found, outcome: 'not restored', err: 'the config names no tls.caFile, and a webhook needs its CA' }
    }
    try {
      // As an apply, so that the right to make it can be for this name alone.
      await client.apply(resourceOf(wanted.kind), expected(wanted, undefined), signal)
      return { ...found, outcome: 'restored' }
    } catch (err) {
      signal.throwIfAborted()
      return { ...found, code: 'E_NOT_RESTORED', outcome: 'not restored', err }
    }
  }

  async function mend(rendered: Manifest, live: LiveObject, signal: AbortSignal): Promise<Finding | undefined> {
    const wanted = expected(withLiveCaBundle(rendered, live), live)
    const differences = differencesOf(wanted, live)
    if (differences.length === 0) return undefined
    const found = { code: 'E_INSTALLATION_CHANGED', ...namesOf(wanted), differences } as const
    if (isReportedOnly(wanted)) return { ...found, outcome: 'reported' }
    const key = `${wanted.kind}/${wanted.metadata.name}`
    const undone = { ...found, code: 'E_NOT_RESTORED', outcome: 'not restored' } as const
    if (kept.get(key) === JSON.stringify(differences)) return undone
    try {
      const written: LiveObject = { ...(await client.replace(resourceOf(wanted.kind), mended(wanted, live), signal)) }
      const left = differencesOf(wanted, written)
      if (left.length === 0) return { ...found, outcome: 'restored' }
      kept.set(key, JSON.stringify(left))
      return { ...undone, differences: left }
    } catch (err) {
      signal.throwIfAborted()
      return { ...undone, err }
    }
  }

  return async (wanted, signal) => {
    const live: KubeObject | undefined = await client.get(resourceOf(wanted.kind), wanted.metadata, signal)
    return live === undefined ? make(wanted, signal) : mend(wanted, { ...live }, signal)
  }
}

function namesOf({ kind, metadata }: Manifest): { readonly kind: string; readonly name: string } {
  return { kind, name: metadata.name }
}
