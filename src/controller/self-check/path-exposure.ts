import { toMicroTime } from '../../api/micro-time.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Clock } from '../../cluster/clock/clock.ts'
import { isNotFound } from '../../cluster/client/api-error.ts'
import { leases } from '../../cluster/lease/lease-record.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { installation } from '../../api/installation.ts'

// The leader renews the Lease every two seconds. So it sees this soon, in whatever replica the call failed.
const annotation = 'access.sallyport.dev/path-exposed-at'
const betweenTellsMs = 10_000

interface TellerOptions {
  readonly client: Pick<Client, 'patch'>
  readonly clock: Pick<Clock, 'now'>
  readonly onFailure: (err: unknown) => void
}

/**
 * Tells the leader, by its Lease, that the path must be made anew. A failed call needs that: the API server shows its
 * URL to the user. It tells at most once in 10 s.
 */
export function createExposureTeller({ client, clock, onFailure }: TellerOptions): () => void {
  let waiting: NodeJS.Timeout | undefined
  let toldAt = -Infinity

  function tell(): void {
    waiting = undefined
    toldAt = performance.now()
    const metadata = { annotations: { [annotation]: toMicroTime(clock.now()) } }
    const { namespace, name } = installation
    client.patch(leases, { namespace, name }, { metadata }).catch((error: unknown) => {
      // Without a Lease nobody leads yet, and each leader begins with a new path.
      if (!isNotFound(error)) onFailure(error)
    })
  }

  return () => {
    waiting ??= setTimeout(tell, Math.max(0, toldAt + betweenTellsMs - performance.now())).unref()
  }
}

/**
 * Returns a listener that is shown the Lease as it changes. It calls back for each exposure that was told since the
 * last.
 */
export function createExposureListener(onExposed: () => void): (lease: KubeObject) => void {
  let last: string | undefined
  return ({ metadata }) => {
    const told = metadata.annotations?.[annotation]
    if (told !== undefined && told !== last) onExposed()
    last = told
  }
}
