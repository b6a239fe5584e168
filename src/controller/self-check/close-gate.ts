import { installation } from '../../api/installation.ts'
import type { Manifest } from '../../api/manifest.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Clock } from '../../cluster/clock/clock.ts'
import { canBeMade, hasWebhooks } from '../../install/live-difference.ts'
import { noCa } from './installation-check.ts'
import type { InstalledObjects } from './installed-objects.ts'
import { probeReach, type Reach } from './reach-probe.ts'

export interface CloseOptions {
  readonly client: Pick<Client, 'tryCreate'>
  readonly objects: InstalledObjects
  /** The clock must be steady. */
  readonly clock: Clock
  readonly rendered: () => readonly Manifest[]
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
  const { objects, rendered, isSynced } = options
  if (!isSynced()) return { code: 'E_NOT_CLOSED', err: notSynced }
  const wanted = rendered().filter(hasWebhooks)
  if (!wanted.every(canBeMade)) return { code: 'E_NOT_CLOSED', err: noCa }
  // An object that an earlier installation or somebody else has left is mended, too. Otherwise it would stay in the way.
  const putRight = async (one: Manifest): Promise<void> => {
    const compared = await objects.compare(one, owner, signal)
    if (compared.differences.length > 0) await objects.write(compared, signal)
  }
  try {
    for (const one of wanted.filter(({ kind }) => kind !== gateConfiguration.kind)) await putRight(one)
    const found = await untilAsked(options, signal)
    if (found.reach !== 'proven') return { code: 'E_NOT_REACHED', err: found.words }
    for (const one of wanted.filter(({ kind }) => kind === gateConfiguration.kind)) await putRight(one)
    return undefined
  } catch (err) {
    if (err instanceof KubeApiError && err.status !== undefined) return { code: 'E_NOT_CLOSED', err }
    throw err
  }
}

async function untilAsked({ client, clock }: CloseOptions, signal: AbortSignal): Promise<Reach> {
  const until = clock.now() + inForceMs
  for (;;) {
    const found = await probeReach(client, signal)
    if (found.reach !== 'unasked' || clock.now() >= until) return found
    await clock.sleepUntil(clock.now() + probeEveryMs, signal)
  }
}
