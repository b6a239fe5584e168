import { installation } from '../../api/installation.ts'
import type { Manifest } from '../../api/manifest.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { resourceOf } from '../../cluster/client/resources.ts'
import type { Clock } from '../../cluster/clock/clock.ts'
import {
  canBeMade,
  differencesOf,
  hasWebhooks,
  mended,
  ownedBy,
  withLiveCaBundle,
  type LiveObject,
} from '../../install/live-difference.ts'
import { noCa } from './installation-check.ts'
import { probeReach, type Reach } from './reach-probe.ts'

export interface CloseOptions {
  readonly client: Pick<Client, 'get' | 'apply' | 'replace' | 'tryCreate'>
  /** The clock must be steady. */
  readonly clock: Clock
  readonly rendered: () => readonly Manifest[]
  /** Returns the object as it is to be made. */
  readonly expected: (wanted: Manifest, live: LiveObject | undefined) => Manifest
  /** True once the controller has read all kinds that it needs. Before that it could grant nothing. */
  readonly isSynced: () => boolean
}

/** The reason why the gate cannot be closed yet. */
export interface Obstacle {
  readonly code: 'E_NOT_CLOSED' | 'E_NOT_REACHED'
  readonly err: unknown
}

/** The object that closes the cluster. */
export const gateConfiguration = { kind: 'ValidatingWebhookConfiguration', name: installation.name } as const

// The API server needs a moment before a new configuration is in force.
const inForceMs = 2_500
const probeEveryMs = 50

const notSynced =
  'the controller has not read all kinds that it needs: its log says which view lost touch. ' +
  'Apply the CustomResourceDefinitions and the ClusterRole of this version'

/**
 * Closes the cluster step by step. Each step is made only if the one before it has succeeded. The first configuration
 * reaches only our own kinds. By it the API server shows that it reaches the gate. Returns undefined once the cluster is
 * closed.
 */
export async function closeGate(
  options: CloseOptions,
  owner: OwnerReference,
  signal: AbortSignal,
): Promise<Obstacle | undefined> {
  const { client, rendered, isSynced } = options
  if (!isSynced()) return { code: 'E_NOT_CLOSED', err: notSynced }
  const wanted = rendered().filter(hasWebhooks)
  if (!wanted.every(canBeMade)) return { code: 'E_NOT_CLOSED', err: noCa }
  try {
    for (const one of wanted.filter(({ kind }) => kind !== gateConfiguration.kind)) {
      const live: KubeObject | undefined = await client.get(resourceOf(one.kind), one.metadata, signal)
      if (live === undefined) await make(options, ownedBy(one, owner), signal)
      else await putRight(options, ownedBy(one, owner), { ...live }, signal)
    }
    const found = await untilAsked(options, signal)
    if (found.reach !== 'proven') return { code: 'E_NOT_REACHED', err: found.words }
    for (const one of wanted.filter(({ kind }) => kind === gateConfiguration.kind)) {
      await make(options, ownedBy(one, owner), signal)
    }
    return undefined
  } catch (err) {
    if (err instanceof KubeApiError && err.status !== undefined) return { code: 'E_NOT_CLOSED', err }
    throw err
  }
}

async function make({ client, expected }: CloseOptions, wanted: Manifest, signal: AbortSignal): Promise<void> {
  await client.apply(resourceOf(wanted.kind), expected(wanted, undefined), signal)
}

/** Replaces what an earlier installation or somebody else has left, so that it cannot be in the way for ever. */
async function putRight(
  { client, expected }: CloseOptions,
  rendered: Manifest,
  live: LiveObject,
  signal: AbortSignal,
): Promise<void> {
  const wanted = expected(withLiveCaBundle(rendered, live), live)
  if (differencesOf(wanted, live).length === 0) return
  await client.replace(resourceOf(wanted.kind), mended(wanted, live), signal)
}

async function untilAsked({ client, clock }: CloseOptions, signal: AbortSignal): Promise<Reach> {
  const until = clock.now() + inForceMs
  for (;;) {
    const found = await probeReach(client, signal)
    if (found.reach !== 'unasked' || clock.now() >= until) return found
    await clock.sleepUntil(clock.now() + probeEveryMs, signal)
  }
}
