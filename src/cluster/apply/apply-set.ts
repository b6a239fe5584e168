import { failedOn } from '../client/api-error.ts'
import type { Client } from '../client/client.ts'
import { isDifferent } from './manifest-difference.ts'
import { release } from './release.ts'
import type { KubeObject, Resource } from '../client/resource.ts'
import { isStopped } from './stopped-pod.ts'

/**
 * Makes the objects of one owner what they should be. `desired` is all there should be (none: everything is to go), `observed` what a
 * reflector saw of the owner's. Writes differences only: where nothing differs, it calls nobody.
 *
 * Rejects with the first KubeApiError, which says what it is about; what was written by then stays, and the next call goes on from there. What cannot be removed
 * holds up no other that is to go, and nothing comes then.
 * @throws Error where a desired object would not be recognised as the owner's, and could so never be removed
 */
export type ApplySet = (
  owner: Owner,
  desired: readonly KubeObject[],
  observed: readonly KubeObject[],
  signal: AbortSignal,
) => Promise<readonly Change[]>

interface Owner {
  readonly uid: string
  /** Uids of objects that the owner knows for its own: those are found without their label, too. */
  readonly noted?: readonly string[]
}

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

export interface ApplySetOptions {
  readonly client: Pick<Client, 'apply' | 'patch' | 'remove'>
  /** Every kind that is written. */
  readonly resources: readonly Resource[]
  /** The label whose value is the owner's uid. */
  readonly label: string
  /**
   * Whether an object of the owner would bear this name. Anybody can write the label or take it off: an object is the owner's by its
   * name, and by the label or the owner's own note.
   */
  readonly isNameOf: (owner: Owner, name: string) => boolean
}

// A binding to a role that is not there yet is NotFound for who may only `bind`. The rest follows in the order given.
const writeOrder = ['ClusterRole', 'Role', 'ClusterRoleBinding', 'RoleBinding']
// Access ends first, with the bindings; what is left of a shell is out of reach by then.
const pruneOrder = ['ClusterRoleBinding', 'RoleBinding', 'ClusterRole', 'Role', 'Pod']

export function createApplySet(options: ApplySetOptions): ApplySet {
  const { client, label, isNameOf } = options

  function isOf(owner: Owner, { metadata }: KubeObject): boolean {
    const { name, labels, uid } = metadata
    const isMarked = labels?.[label] === owner.uid || (uid !== undefined && owner.noted?.includes(uid) === true)
    return isMarked && isNameOf(owner, name)
  }

  function resourceOf({ apiVersion, kind }: KubeObject): Resource {
    const found = options.resources.find((resource) => resource.apiVersion === apiVersion && resource.kind === kind)
    if (found === undefined) throw new Error(`this apply-set does not know ${apiVersion} ${kind}`)
    return found
  }

  /** Undefined where nothing had to be written. */
  async function write(
    manifest: KubeObject,
    seen: KubeObject | undefined,
    signal: AbortSignal,
  ): Promise<Change | undefined> {
    const resource = resourceOf(manifest)
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

  /** Whether it is gone by this, or going. */
  async function remove(object: KubeObject, signal: AbortSignal): Promise<boolean> {
    const resource = resourceOf(object)
    if (!isLeaving(object) || isStopped(object)) {
      return (await client.remove(resource, removable(object), signal)) && !isLeaving(object)
    }
    // It counts until it is gone: whoever may edit what gives him access would keep it by a finalizer.
    if (object.kind !== 'Pod') await release(client, resource, expected(object), signal)
    return false
  }

  return async (owner, desired, observed, signal) => {
    const stray = desired.find((manifest) => !isOf(owner, manifest))
    if (stray !== undefined)
      throw new Error(`${nameOf(stray)} bears neither the name nor the label of owner ${owner.uid}`)
    const wanted = new Set(desired.map(nameOf))
    const seen = new Map(observed.map((object) => [nameOf(object), object]))
    const surplus = observed.filter((object) => isOf(owner, object) && !wanted.has(nameOf(object)))
    const changes: Change[] = []
    const failures: unknown[] = []
    // What is to go gives access, and goes before anything comes: whatever becomes of the others.
    for (const object of inOrder(pruneOrder, surplus)) {
      try {
        if (await remove(object, signal)) changes.push(changeOf('removed', object))
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
    for (const manifest of inOrder(writeOrder, desired)) {
      try {
        const change = await write(manifest, seen.get(nameOf(manifest)), signal)
        if (change) changes.push(change)
      } catch (error) {
        throw failedOn(manifest, error)
      }
    }
    return changes
  }
}

function changeOf(change: Change['change'], { kind, metadata: { namespace, name, uid } }: KubeObject): Change {
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

function nameOf({ apiVersion, kind, metadata }: KubeObject): string {
  return [apiVersion, kind, metadata.namespace ?? '', metadata.name].join(' ')
}

/** Sorted by kind, those of an unnamed kind last; otherwise in the order given. */
function inOrder(kinds: readonly string[], objects: readonly KubeObject[]): KubeObject[] {
  const rank = ({ kind }: KubeObject) => {
    const index = kinds.indexOf(kind)
    return index === -1 ? kinds.length : index
  }
  return objects.toSorted((a, b) => rank(a) - rank(b))
}
