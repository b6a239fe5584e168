import { installation, ownLabels } from '../../api/installation.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import type { Client } from '../../cluster/client/client.ts'
import { gateConfiguration } from './close-gate.ts'
import type { Faults } from './faults.ts'
import type { Closed, FirstClosing } from './first-closing.ts'
import type { Finding } from './installation-check.ts'
import { readOwner } from './read-owner.ts'

/** A gate that may be closed and kept closed: its owner is there. */
export type OwnedGate = Closed & { readonly owner: OwnerReference }

/** The state of the gate in a look. Without an owner, nothing may be made or restored. */
export type GateLook = OwnedGate | { readonly owner: undefined; readonly againMs: number }

interface GateLookOptions {
  readonly client: Pick<Client, 'get'>
  readonly closing: FirstClosing
  readonly faults: Pick<Faults, 'note'>
}

// Without the role, Sallyport may not even follow the role. So nothing else tells that it is there again.
const ownerGoneMs = 3_000

const metadata = { name: installation.name, labels: ownLabels }
const ownerObject = { kind: 'ClusterRole', metadata } as const
const gateObject = { kind: gateConfiguration.kind, metadata } as const

/** Closes the gate if it never was, and notes what is in the way. Rejects with KubeApiError if it cannot look. */
export async function lookAtGate({ client, closing, faults }: GateLookOptions, signal: AbortSignal): Promise<GateLook> {
  const owner = await readOwner(client, signal)
  faults.note(ownerObject, 'gone' in owner ? ownerGone(owner.gone) : undefined)
  // There is nothing to close in an installation that goes.
  if ('gone' in owner) return { owner: undefined, againMs: ownerGoneMs }
  const closed = await closing.look(owner.reference, signal)
  if (closed.finding || !closed.isClosed) faults.note(gateObject, closed.finding)
  return { ...closed, owner: owner.reference }
}

/** Says that the ClusterRole is gone, which owns all that the leader makes. */
function ownerGone(why: string): Finding {
  const differences = [`${why}; no webhook configuration or policy is made or restored`]
  const { kind } = ownerObject
  return { code: 'E_INSTALLATION_MISSING', kind, name: installation.name, outcome: 'reported', differences }
}
