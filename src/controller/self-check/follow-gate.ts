import { installation } from '../../api/installation.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { steadyClock } from '../../cluster/clock/clock.ts'
import type { ReflectorLog } from '../../cluster/reflector/reflector-recovery.ts'
import { createReflector } from '../../cluster/reflector/reflector.ts'

/** The objects without which the gate is open, and the one that owns them. An installer writes none of them but the last. */
const followed = [
  resources.ValidatingWebhookConfiguration,
  resources.MutatingWebhookConfiguration,
  resources.ClusterRole,
] as const

interface FollowOptions {
  readonly client: Pick<Client, 'list' | 'watch'>
  readonly onChange: () => void
  readonly log: ReflectorLog
}

/**
 * Calls back whenever somebody, or Sallyport itself, makes, changes or deletes an object that holds the gate. Resolves
 * once the signal has aborted.
 *
 * The guard policies are not among them. An upgrade applies those of its version while the leader of the old version
 * still runs, which would put its own back at once.
 */
export async function followGate({ client, onChange, log }: FollowOptions, signal: AbortSignal): Promise<void> {
  const fieldSelector = `metadata.name=${installation.name}`
  const each = { client, fieldSelector, indexes: {}, clock: steadyClock, trim: marksOf, onChange, log }
  await Promise.all(followed.map((resource) => createReflector({ ...each, resource }).run(signal)))
}

/** Keeps only those fields of an object that show a change. The API server counts the changes of its content. */
function marksOf({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  const { name, uid, resourceVersion, generation, deletionTimestamp, labels, annotations, ownerReferences } = metadata
  const optional = { uid, resourceVersion, generation, deletionTimestamp, labels, annotations, ownerReferences }
  const there = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined))
  return { apiVersion, kind, metadata: { name, ...there } }
}
