import type { Client } from '../client/client.ts'
import type { KubeObject, Resource } from '../client/resource.ts'
import { isDifferent } from './manifest-difference.ts'
import { release } from './release.ts'
import { isStopped } from './stopped-pod.ts'

/** A change that was made to an object. */
export interface Change {
  /** `adjusted`: the owner wants this pod to run for a shorter time. Nobody else changed the pod. */
  readonly change: 'made' | 'restored' | 'adjusted' | 'removed'
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly uid?: string
  /** The resourceVersion that the restored object had when it was seen. */
  readonly instead?: string
}

/**
 * Makes one object what its manifest says. Returns undefined if nothing had to be written.
 * @param seen the object as it was seen; undefined if it is to be made
 */
export async function writeObject(
  client: Pick<Client, 'apply' | 'patch' | 'remove'>,
  resource: Resource,
  { manifest, seen }: { readonly manifest: KubeObject; readonly seen: KubeObject | undefined },
  signal: AbortSignal,
): Promise<Change | undefined> {
  if (seen === undefined) {
    return changeOf('made', await client.apply(resource, manifest, signal))
  }
  // An object that is being deleted cannot be kept. Its end is a change that leads to the next call, and that makes it
  // anew.
  if (isLeaving(seen)) return undefined
  if (manifest.kind === 'Pod') {
    const change = changeOfPod(manifest)
    if (!isDifferent(change, seen)) return undefined
    await client.patch(resource, expected(seen), change, signal)
    return isDifferent({ metadata: change.metadata }, seen) ? restored(seen, seen) : changeOf('adjusted', seen)
  }
  if (!isDifferent(manifest, seen)) return undefined
  if (isDifferent(roleRefOf(manifest), roleRefOf(seen))) await client.remove(resource, expected(seen), signal)
  return restored(seen, await client.apply(resource, manifest, signal))
}

/** Removes one object. Resolves to true if this call deleted it, or began its deletion. */
export async function removeObject(
  client: Pick<Client, 'patch' | 'remove'>,
  resource: Resource,
  object: KubeObject,
  signal: AbortSignal,
): Promise<boolean> {
  if (!isLeaving(object) || isStopped(object)) {
    return (await client.remove(resource, removable(object), signal)) && !isLeaving(object)
  }
  // The object counts until it is gone. A user who may edit the object that gives them access could keep it by a
  // finalizer.
  if (object.kind !== 'Pod') await release(client, resource, expected(object), signal)
  return false
}

export function changeOf(change: Change['change'], { kind, metadata: { namespace, name, uid } }: KubeObject): Change {
  return { change, kind, ...(namespace !== undefined && { namespace }), name, ...(uid !== undefined && { uid }) }
}

function restored({ metadata: { resourceVersion } }: KubeObject, now: KubeObject): Change {
  return { ...changeOf('restored', now), ...(resourceVersion !== undefined && { instead: resourceVersion }) }
}

/**
 * Returns the fields that may change in a running Pod. The whole manifest is applied only once: the API server and its
 * webhooks add to a Pod's lists (tolerations, volumes, sidecars). To apply the manifest again would ask for the removal
 * of these, and that is refused.
 */
function changeOfPod(manifest: KubeObject & { readonly spec?: unknown }): { readonly metadata: object } {
  const { labels, annotations, ownerReferences } = manifest.metadata
  const { spec } = manifest
  const activeDeadlineSeconds =
    typeof spec === 'object' && spec !== null && 'activeDeadlineSeconds' in spec
      ? spec.activeDeadlineSeconds
      : undefined
  return {
    metadata: {
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(ownerReferences && { ownerReferences }),
    },
    ...(activeDeadlineSeconds !== undefined && { spec: { activeDeadlineSeconds } }),
  }
}

/** Returns the roleRef of a binding. The API server refuses to change it. */
function roleRefOf(object: KubeObject & { readonly roleRef?: unknown }): unknown {
  return object.roleRef
}

/**
 * Names the object that was seen, not another one that has taken its name since. Other changes in it are not a reason
 * to keep it.
 */
function expected({ metadata: { namespace, name, uid } }: KubeObject): {
  readonly namespace: string | undefined
  readonly name: string
  readonly uid: string | undefined
} {
  return { namespace, name, uid }
}

/**
 * Names an object for removal. A stopped Pod goes at once: the API server does the same with a Pod that ends before it
 * is deleted. Where the Pod was deleted first, its kubelet looks once more before it confirms the end. It looks once a
 * second (podWorkerLoop in pkg/kubelet/pod_workers.go).
 */
function removable(object: KubeObject): ReturnType<typeof expected> & { readonly atOnce?: boolean } {
  return { ...expected(object), ...(isStopped(object) && { atOnce: true }) }
}

function isLeaving({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined
}
