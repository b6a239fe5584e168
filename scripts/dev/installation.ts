import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { isNotFound } from '../../src/cluster/client/api-error.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { pathOf, type KubeObject } from '../../src/cluster/client/resource.ts'
import { resourceOf, resources } from '../../src/cluster/client/resources.ts'
import { installation } from '../../src/api/installation.ts'
import { installationOwner } from '../../src/api/installation-owner.ts'
import type { OwnerReference } from '../../src/api/owner-reference.ts'

const managedBy = 'app.kubernetes.io/managed-by'
const ours = 'sallyport-dev'
/** The key under which an installation names the process it belongs to: `host/pid`. */
const owner = 'dev.sallyport.dev/owner'

// Before the API server deletes a namespace it deletes all in it, which takes a few seconds.
const namespaceGoneMs = 60_000
const pollMs = 100

/**
 * Refuses a cluster in which Sallyport is installed already, or runs from another checkout. If a killed run left
 * objects, this run takes them over and removes them at its end.
 */
export async function claim(client: Client): Promise<void> {
  const role = await find(client, 'ClusterRole', { name: installation.name })
  if (!role) return
  if (role.metadata.labels?.[managedBy] !== ours) {
    throw new Error(
      'Sallyport is installed in this cluster already. Remove it, or use another cluster: npm run cluster -- up',
    )
  }
  const [host, pid] = role.metadata.annotations?.[owner]?.split('/') ?? []
  if (host === hostname() && isAlive(Number(pid))) {
    throw new Error(`npm run dev runs against this cluster already (process ${pid ?? ''}). End that one first.`)
  }
}

/**
 * Applies the objects, and defers the removal of each to the clean-up. Objects that were there before are left as they
 * are.
 * @returns true if at least one of them was not there before
 */
export async function install(
  client: Client,
  objects: readonly KubeObject[],
  cleanup: AsyncDisposableStack,
): Promise<boolean> {
  const areNew = await Promise.all(
    objects.map(async (object) => {
      const before = await find(client, object.kind, object.metadata)
      if (before?.metadata.deletionTimestamp) await untilGone(client, object.kind, object.metadata)
      if (before && before.metadata.labels?.[managedBy] !== ours) return false
      await installOver(client, [object], cleanup)
      return true
    }),
  )
  return areNew.includes(true)
}

/** Does the same as `install`, for objects that the gate may have made already. */
export async function installOver(
  client: Client,
  objects: readonly KubeObject[],
  cleanup: AsyncDisposableStack,
): Promise<void> {
  for (const object of objects) {
    removeLater(client, object, cleanup)
    await client.apply(resourceOf(object.kind), stamped(object))
  }
}

/** Defers the removal of an object to the clean-up. It does not matter who makes the object. */
export function removeLater(
  client: Client,
  { kind, metadata: { name, namespace } }: Pick<KubeObject, 'kind' | 'metadata'>,
  cleanup: AsyncDisposableStack,
): void {
  cleanup.defer(async () => {
    await client.remove(resourceOf(kind), { name, namespace })
    if (kind === 'Namespace') await untilGone(client, kind, { name })
  })
}

/** Returns the owner of the webhook configurations. Its role must be installed. */
export async function ownerInstalled(client: Client): Promise<OwnerReference> {
  const role = await find(client, 'ClusterRole', { name: installation.name })
  if (role?.metadata.uid === undefined) throw new Error(`ClusterRole ${installation.name} is not installed`)
  return installationOwner(role.metadata.uid)
}

/** Returns a token of Sallyport's own service account, so that development runs with exactly its rights. */
export async function ownToken(client: Client, seconds: number): Promise<string> {
  const { namespace, serviceAccount: name } = installation
  const answer = await client.call(pathOf(resources.ServiceAccount, { namespace, name, subresource: 'token' }), {
    method: 'POST',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: seconds } },
  })
  return (answer as { status: { token: string } }).status.token
}

function stamped(object: KubeObject): KubeObject {
  const { metadata } = object
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, [managedBy]: ours },
      annotations: { ...metadata.annotations, [owner]: `${hostname()}/${process.pid}` },
    },
  }
}

interface Where {
  readonly name: string
  readonly namespace?: string | undefined
}

async function find(client: Client, kind: string, where: Where): Promise<KubeObject | undefined> {
  try {
    return (await client.call(pathOf(resourceOf(kind), where))) as KubeObject
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

async function untilGone(client: Client, kind: string, where: Where): Promise<void> {
  const deadline = Date.now() + namespaceGoneMs
  while (await find(client, kind, where)) {
    if (Date.now() > deadline)
      throw new Error(`${kind} ${where.name} is still there after ${namespaceGoneMs / 1_000} s`)
    await sleep(pollMs)
  }
}

function isAlive(pid: number): boolean {
  try {
    return Number.isInteger(pid) && pid > 0 && pid !== process.pid && process.kill(pid, 0)
  } catch {
    return false
  }
}
