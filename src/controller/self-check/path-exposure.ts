import { toMicroTime } from '../../api/micro-time.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Clock } from '../../cluster/clock/clock.ts'
import { isNotFound } from '../../cluster/client/api-error.ts'
import { leases } from '../../cluster/lease/lease-record.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { installation } from '../../api/installation.ts'

// The leader renews the Lease every two seconds, and so sees it soon, in whatever replica the call failed.
const annotation = 'access.sallyport.dev/path-exposed-at'
const betweenTellsMs = 10_000

interface TellerOptions {
  readonly client: Pick<Client, 'patch'>
  readonly clock: Pick<Clock, 'now'>
  readonly onFailure: (err: unknown) => void
}

/** Tells the leader by its Lease that the path must be made anew, as after a failed call, whose URL the API server shows to the user. Tells at most once in 10 s. */
export function createExposureTeller({ client, clock, onFailure }: TellerOptions): () => void {
  let waiting: NodeJS.Timeout | undefined
  let toldAt = -Infinity

  function tell(): void {
    waiting = undefined
    toldAt = performance.now()
    const metadata = { annotations: { [annotation]: toMicroTime(clock.now()) } }
    const { namespace, name } = installation
    client.patch(leases, { namespace, name }, { metadata }).catch((error: unknown) => {
      // Without a Lease there is no leader yet; each begins with a new path.
      if (!isNotFound(error)) onFailure(error)
    })
  }

  return () => {
    waiting ??= setTimeout(tell, Math.max(0, toldAt + betweenTellsMs - performance.now())).unref()
  }
}

/** Is shown the Lease as it changes, and calls back for each exposure that somebody told since the last. */
export function createExposureListener(onExposed: () => void): (lease: KubeObject) => void {
  let last: string | undefined
  return ({ metadata }) => {
    const told = metadata.annotations?.[annotation]
    if (told !== undefined && told !== last) onExposed()
    last = told
  }
}
