import type { Manifest } from '../../api/manifest.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { resourceOf } from '../../cluster/client/resources.ts'
import {
  differencesOf,
  hasWebhooks,
  mended,
  ownedBy,
  withLiveCaBundle,
  type LiveObject,
} from '../../install/live-difference.ts'

/** An object of the installation as it must be, as it is, and where the two differ. */
export interface Compared {
  readonly wanted: Manifest
  /** Undefined if it is absent. That is a difference. */
  readonly live: LiveObject | undefined
  readonly differences: readonly string[]
}

/** Reads and writes the objects of the installation. Each call rejects with KubeApiError. */
export interface InstalledObjects {
  /** @param owner of the objects that are made here, and of every webhook configuration */
  compare(rendered: Manifest, owner: OwnerReference, signal: AbortSignal): Promise<Compared>
  /** Makes it as it must be. Resolves to the comparison with what the API server took. */
  write(compared: Compared, signal: AbortSignal): Promise<Compared & { readonly live: LiveObject }>
}

export interface InstalledObjectsOptions {
  readonly client: Pick<Client, 'get' | 'apply' | 'replace'>
  /** Returns the object as it must be. The live object gives those parts that no config tells. */
  readonly expected: (wanted: Manifest, live: LiveObject | undefined) => Manifest
}

/**
 * It makes an object by apply, so that RBAC can allow that for one name. It mends one by PUT: an apply could not take
 * away what somebody else added, such as an objectSelector, which silently switches the gate off.
 */
export function createInstalledObjects({ client, expected }: InstalledObjectsOptions): InstalledObjects {
  return {
    async compare(rendered, owner, signal) {
      const found: KubeObject | undefined = await client.get(resourceOf(rendered.kind), rendered.metadata, signal)
      if (found === undefined) {
        const wanted = expected(ownedBy(rendered, owner), undefined)
        return { wanted, live: undefined, differences: ['the object is absent'] }
      }
      const live = { ...found }
      // The installer knows all other objects, and takes them away itself.
      const owned = hasWebhooks(rendered) ? ownedBy(rendered, owner) : rendered
      const wanted = expected(withLiveCaBundle(owned, live), live)
      return { wanted, live, differences: differencesOf(wanted, live) }
    },
    async write({ wanted, live }, signal) {
      const resource = resourceOf(wanted.kind)
      const written: KubeObject = await (live === undefined
        ? client.apply(resource, wanted, signal)
        : client.replace(resource, mended(wanted, live), signal))
      const taken = { ...written }
      return { wanted, live: taken, differences: differencesOf(wanted, taken) }
    },
  }
}
