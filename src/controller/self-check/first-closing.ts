import type { OwnerReference } from '../../api/owner-reference.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Instant } from '../../cluster/clock/clock.ts'
import { resources } from '../../cluster/client/resources.ts'
import { closeGate, gateConfiguration, type CloseOptions, type Obstacle } from './close-gate.ts'
import type { Finding } from './installation-check.ts'
import type { LeaseNotes } from './lease-notes.ts'

export interface ClosingOptions extends CloseOptions {
  readonly client: CloseOptions['client'] & Pick<Client, 'get'>
  readonly notes: LeaseNotes
  readonly onDifference: 'Restore' | 'Report'
  readonly log: ClosingLog
}

interface ClosingLog {
  info(fields: object, message: string): void
}

/** The state of the cluster after a look. While it is not closed, `finding` says why, once there was patience. */
export type Closed =
  | { readonly isClosed: true; readonly finding?: Finding }
  | { readonly isClosed: false; readonly finding?: Finding; readonly againMs: number }

/**
 * The way from an open cluster to a closed one, in one term of leading. Once a term has seen the gate's configuration,
 * the self-check restores it at once, and nothing is asked here any more.
 */
export interface FirstClosing {
  look(owner: OwnerReference, signal: AbortSignal): Promise<Closed>
}

/**
 * The note that this installation has closed the cluster before. Its value is the uid of the ClusterRole: an installation
 * that was removed and comes again was never closed. Without it, a deletion while nobody leads is not told.
 */
const closedFor = 'access.sallyport.dev/closed-for'

// In a new installation the endpoints of the Service come some seconds after the leader.
const patienceMs = 10_000
const soonMs = 250
const laterMs = 3_000

const missing = {
  code: 'E_INSTALLATION_MISSING',
  ...gateConfiguration,
  differences: [],
  meanwhile: 'the API server asks no gate',
} as const

/** Makes the way of one term. */
export function createFirstClosing(options: ClosingOptions): FirstClosing {
  const { client, clock, onDifference, notes, log } = options
  let isSeen = false
  let begunAt: Instant | undefined

  async function seen({ uid }: OwnerReference, signal: AbortSignal): Promise<Closed> {
    isSeen = true
    await notes.write(closedFor, uid, signal)
    return { isClosed: true }
  }

  /** Says what is in the way. A gate that was closed before is missed at once. */
  function notYet(obstacle: Obstacle, wasClosed: boolean): Closed {
    begunAt ??= clock.now()
    if (!wasClosed && clock.now() - begunAt < patienceMs) return { isClosed: false, againMs: soonMs }
    return { isClosed: false, finding: notClosed(obstacle, wasClosed), againMs: laterMs }
  }

  return {
    async look(owner, signal) {
      if (isSeen) return { isClosed: true }
      const where = { name: gateConfiguration.name }
      const live = await client.get(resources[gateConfiguration.kind], where, signal)
      if (live !== undefined) return seen(owner, signal)
      const wasClosed = (await notes.read(closedFor, signal)) === owner.uid
      if (wasClosed && onDifference === 'Report') {
        return { isClosed: false, finding: { ...missing, outcome: 'reported' }, againMs: laterMs }
      }
      const obstacle = await closeGate(options, owner, signal)
      if (obstacle) return notYet(obstacle, wasClosed)
      log.info({ ...gateConfiguration }, 'the gate is closed: the API server now asks it')
      const closed = await seen(owner, signal)
      return wasClosed ? { ...closed, finding: { ...missing, outcome: 'restored' } } : closed
    },
  }
}

function notClosed({ code, err }: Obstacle, wasClosed: boolean): Finding {
  const told = wasClosed && code === 'E_NOT_CLOSED' ? 'E_NOT_RESTORED' : code
  return { ...missing, code: told, outcome: 'not restored', err }
}
