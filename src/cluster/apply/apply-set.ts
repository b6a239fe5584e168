import { failedOn } from '../client/api-error.ts'
import type { Client } from '../client/client.ts'
import type { KubeObject, Resource } from '../client/resource.ts'
import { changeOf, removeObject, writeObject, type Change } from './applied-object.ts'

export type { Change }

/**
 * Makes the objects of one owner what they should be. `desired` is all there should be (none: everything is to go), `observed` what a
 * reflector saw of the owner's. Writes differences only: where nothing differs, it calls nobody.
 *
 * Rejects with the first KubeApiError, which says what it is about; what was written by then stays, and the next call goes on from there. What cannot be removed
 * holds up no other that is to go, and nothing comes then.
 * @throws Error where a desired object would not be recognised as the owner's, and could so never be removed
 */
export type ApplySet = (
  owner: SetOwner,
  desired: readonly KubeObject[],
  observed: readonly KubeObject[],
  signal: AbortSignal,
) => Promise<readonly Change[]>

interface SetOwner {
  readonly uid: string
  /** Uids of objects that the owner knows for its own: those are found without their label, too. */
  readonly noted?: readonly string[]
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
  readonly isNameOf: (owner: SetOwner, name: string) => boolean
}

// A binding to a role that is not there yet is NotFound for who may only `bind`. The rest follows in the order given.
const writeOrder = ['ClusterRole', 'Role', 'ClusterRoleBinding', 'RoleBinding']
// Access ends first, with the bindings; what is left of a shell is out of reach by then.
const pruneOrder = ['ClusterRoleBinding', 'RoleBinding', 'ClusterRole', 'Role', 'Pod']

export function createApplySet(options: ApplySetOptions): ApplySet {
  const { client, label, isNameOf } = options

  function isOf(owner: SetOwner, { metadata }: KubeObject): boolean {
    const { name, labels, uid } = metadata
    const isMarked = labels?.[label] === owner.uid || (uid !== undefined && owner.noted?.includes(uid) === true)
    return isMarked && isNameOf(owner, name)
  }

  function resourceOf({ apiVersion, kind }: KubeObject): Resource {
    const found = options.resources.find((resource) => resource.apiVersion === apiVersion && resource.kind === kind)
    if (found === undefined) throw new Error(`this apply-set does not know ${apiVersion} ${kind}`)
    return found
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
        if (await removeObject(client, resourceOf(object), object, signal)) changes.push(changeOf('removed', object))
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
    for (const manifest of inOrder(writeOrder, desired)) {
      try {
        const change = await writeObject(
          client,
          resourceOf(manifest),
          { manifest, seen: seen.get(nameOf(manifest)) },
          signal,
        )
        if (change) changes.push(change)
      } catch (error) {
        throw failedOn(manifest, error)
      }
    }
    return changes
  }
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
