import { installation } from '../../api/installation.ts'
import type { Client } from '../../cluster/client/client.ts'
import { leases } from '../../cluster/lease/lease-record.ts'

// The uid of the ClusterRole: an installation that was removed and comes again was never closed.
const annotation = 'access.sallyport.dev/closed-for'
const { namespace, name } = installation

/** The mark at the Lease that this installation has closed the cluster before. */
export interface ClosedMark {
  /** True if the cluster was closed before. Then somebody has taken the gate's configuration away. */
  isSet(uid: string, signal: AbortSignal): Promise<boolean>
  /** Sets it. Without it, a deletion while nobody leads is not told, and nothing else is lost. */
  set(uid: string, signal: AbortSignal): Promise<void>
}

interface MarkLog {
  warn(fields: object, message: string): void
}

export function createClosedMark(client: Pick<Client, 'get' | 'patch'>, log: MarkLog): ClosedMark {
  async function isSet(uid: string, signal: AbortSignal): Promise<boolean> {
    const lease = await client.get(leases, { namespace, name }, signal)
    return lease?.metadata.annotations?.[annotation] === uid
  }

  return {
    isSet,
    async set(uid, signal) {
      try {
        if (await isSet(uid, signal)) return
        await client.patch(leases, { namespace, name }, { metadata: { annotations: { [annotation]: uid } } }, signal)
      } catch (err) {
        signal.throwIfAborted()
        log.warn({ err }, 'the Lease does not say that the cluster is closed')
      }
    },
  }
}
