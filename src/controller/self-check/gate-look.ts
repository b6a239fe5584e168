import { installation, ownLabels } from '../../api/installation.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import type { Client } from '../../cluster/client/client.ts'
import { gateConfiguration } from './close-gate.ts'
import type { Faults } from './faults.ts'
import type { Closed, FirstClosing } from './first-closing.ts'
import type { Finding } from './installation-check.ts'
import { readOwner } from './read-owner.ts'

/** The state of the gate in a look. Without `owner`, nothing may be made or restored. */
export type GateLook = Closed & { readonly owner?: OwnerReference }

const metadata = { name: installation.name, labels: ownLabels }
const ownerObject = { kind: 'ClusterRole', metadata } as const
const gateObject = { kind: gateConfiguration.kind, metadata } as const

/** Closes the gate if it never was, and notes what is in the way. Rejects with KubeApiError if it cannot look. */
export async function lookAtGate(
  client: Pick<Client, 'get'>,
  { closing, faults }: { readonly closing: FirstClosing; readonly faults: Pick<Faults, 'note'> },
  signal: AbortSignal,
): Promise<GateLook> {
  const owner = await readOwner(client, signal)
  faults.note(ownerObject, 'gone' in owner ? ownerGone(owner.gone) : undefined)
  // There is nothing to close, or to keep closed, in an installation that goes.
  if ('gone' in owner) return { isClosed: true }
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
