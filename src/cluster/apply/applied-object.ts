import type { Client } from '../client/client.ts'
import type { KubeObject, Resource } from '../client/resource.ts'
import { isDifferent } from './manifest-difference.ts'
import { release } from './release.ts'
import { isStopped } from './stopped-pod.ts'

/** What had to be done to an object. */
export interface Change {
  /** `adjusted`: the owner wants of a pod that it runs for a shorter time. Nobody else changed it. */
  readonly change: 'made' | 'restored' | 'adjusted' | 'removed'
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly uid?: string
  /** The resourceVersion of what was restored, as it had been seen. */
  readonly instead?: string
}

/**
 * Makes one object what its manifest says; undefined where nothing had to be written.
 * @param seen the object as it was seen; undefined where it is to be made
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
  // What is being deleted can't be kept: its end is a change, and makes it anew.
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

/** Removes one object; resolves to whether it is gone by this, or going. */
export async function removeObject(
  client: Pick<Client, 'patch' | 'remove'>,
  resource: Resource,
  object: KubeObject,
  signal: AbortSignal,
): Promise<boolean> {
  if (!isLeaving(object) || isStopped(object)) {
    return (await client.remove(resource, removable(object), signal)) && !isLeaving(object)
  }
  // It counts until it is gone: whoever may edit what gives him access would keep it by a finalizer.
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
 * What may change in a Pod that runs. The whole manifest is applied only once: the API server and its webhooks add to a Pod's lists
 * (tolerations, volumes, sidecars), and to apply it again would be to ask for their removal, which is refused.
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

/** Of a binding; the API server refuses to change it. */
function roleRefOf(object: KubeObject & { readonly roleRef?: unknown }): unknown {
  return object.roleRef
}

/** The object seen, and no other that has come to its name since. Whatever else changed in it is no reason to keep it. */
function expected({ metadata: { namespace, name, uid } }: KubeObject): {
  readonly namespace: string | undefined
  readonly name: string
  readonly uid: string | undefined
} {
  return { namespace, name, uid }
}

/**
 * As the API server does where a Pod ends before it is deleted. Where it is deleted first, its kubelet would look once more before it
 * says so, and it looks once a second (podWorkerLoop in pkg/kubelet/pod_workers.go).
 */
function removable(object: KubeObject): ReturnType<typeof expected> & { readonly atOnce?: boolean } {
  return { ...expected(object), ...(isStopped(object) && { atOnce: true }) }
}

function isLeaving({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined
}
