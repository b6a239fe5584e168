import { certificatesIn } from '../../../certs/stored-certificates.ts'
import { announcedAnnotation, installation } from '../../api/installation.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { steadyClock } from '../../cluster/clock/clock.ts'
import { createReflector } from '../../cluster/reflector/reflector.ts'
import { replicaLabels } from '../../install/deployed/service.ts'

/** The CAs that the replicas announce. A replica announces the CA of its certificate at its own pod. */
export interface Announcements {
  /** Follows them until the signal fires. */
  run(signal: AbortSignal): Promise<void>
  /** Resolves once all pods have been read. */
  readonly synced: Promise<void>
  /** Returns the CAs, each once and in PEM. Undefined until all pods have been read. */
  readonly authorities: () => readonly string[] | undefined
}

/** A pod, as far as it counts here. */
interface ReplicaPod extends KubeObject {
  readonly spec?: { readonly serviceAccountName?: string }
  readonly status?: { readonly phase?: string }
}

/**
 * Follows the announcements in Sallyport's namespace. They end with the pods, so nobody has to take them back: a pod
 * that drains still announces.
 * @param onChange is called when other CAs are announced
 */
export function followAnnouncements(
  client: Pick<Client, 'list' | 'watch'>,
  namespace: string,
  onChange: () => void,
): Announcements {
  let isSynced = false
  const pods = createReflector<ReplicaPod>({
    client,
    resource: resources.Pod,
    namespace,
    labelSelector: Object.entries(replicaLabels)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    indexes: {},
    clock: steadyClock,
    onChange: (_, before, after) => {
      if (announcedBy(before).join('') !== announcedBy(after).join('')) onChange()
    },
  })
  const synced = pods.synced.then(() => {
    isSynced = true
    onChange()
  })
  return {
    run: (signal) => pods.run(signal),
    synced,
    authorities: () => (isSynced ? [...new Set([...pods.all()].flatMap(announcedBy))] : undefined),
  }
}

// One list of a few pods. The first look is better late than without it, but it must not wait for ever.
const patienceMs = 3_000

/** Resolves once the announcements have been read, or soon if they cannot be. Rejects with the signal's reason. */
export async function syncedSoon({ synced }: Announcements, signal: AbortSignal): Promise<void> {
  const waited = new AbortController()
  const until = AbortSignal.any([signal, waited.signal])
  await Promise.race([synced, steadyClock.sleepUntil(steadyClock.now() + patienceMs, until)])
  waited.abort()
}

const endPhases: readonly unknown[] = ['Succeeded', 'Failed']

/**
 * Returns the CAs that a pod announces. It must run as our service account. The kubelet of any node may make mirror
 * pods in any namespace, but none with a service account.
 */
function announcedBy(pod: ReplicaPod | undefined): readonly string[] {
  if (pod === undefined) return []
  const { metadata, spec, status } = pod
  if (spec?.serviceAccountName !== installation.serviceAccount || endPhases.includes(status?.phase)) return []
  return certificatesIn(metadata.annotations?.[announcedAnnotation] ?? '')
}
