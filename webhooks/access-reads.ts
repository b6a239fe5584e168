import type { UserInfo } from '../src/api/admission-review.ts'
import { AccessGrant, accessGrantKind } from '../src/api/kinds/access-grant.ts'
import { AccessPass, accessPassKind } from '../src/api/kinds/access-pass.ts'
import { AccessRequest, accessRequestKind } from '../src/api/kinds/access-request.ts'
import { Pod } from '../src/api/pod.ts'
import { validator } from '../src/api/validator.ts'
import type { Client } from '../src/cluster/client.ts'
import type { Resource } from '../src/cluster/resource.ts'
import { resources } from '../src/cluster/resources.ts'
import { typed, type Check } from '../src/cluster/typed-object.ts'
import type { AccessSnapshot } from '../src/decision/access-snapshot.ts'
import type { PodEntry } from '../src/decision/entry.ts'
import { passName } from '../src/decision/pass-name.ts'

/** A kind of object, and how it is known to be one. */
interface Readable<T> extends Resource {
  readonly check: Check<T>
}

const readable = {
  pod: { ...resources.Pod, check: validator(Pod, 'pod') },
  pass: { ...accessPassKind, check: validator(AccessPass, 'pass') },
  grant: { ...accessGrantKind, check: validator(AccessGrant, 'grant') },
  request: { ...accessRequestKind, check: validator(AccessRequest, 'request') },
} as const

/**
 * What the gate must know of an entry, live and by name: pod and pass, then the requests and grants that the pass lists.
 * Two rounds, no LIST and no cache, so that a grant counts at once and so does its end.
 */
export async function readAccess(
  client: Client,
  { namespace, name: podName }: PodEntry,
  user: UserInfo,
  signal: AbortSignal,
): Promise<AccessSnapshot> {
  const get = <T>(kind: Readable<T>, name: string): Promise<T | undefined> =>
    read(client, kind, { namespace, name }, signal)

  const [pod, pass] = await Promise.all([
    get(readable.pod, podName),
    get(readable.pass, passName(user.username, podName)),
  ])
  const listed = pass?.spec.requests ?? []
  const [requests, grants] = await Promise.all([
    each(namesOf(listed), (name) => get(readable.request, name)),
    each(namesOf(listed.flatMap((one) => one.grants)), (name) => get(readable.grant, name)),
  ])
  return { pod, pass, requests, grants }
}

/** A request by its name, live. */
export function readRequest(client: Client, where: Where, signal: AbortSignal): Promise<AccessRequest | undefined> {
  return read(client, readable.request, where, signal)
}

interface Where {
  readonly namespace: string
  readonly name: string
}

async function read<T>(client: Client, kind: Readable<T>, where: Where, signal: AbortSignal): Promise<T | undefined> {
  const object = await client.get(kind, where, signal)
  return object && typed(object, kind.check)
}

function namesOf(objects: readonly { readonly name: string }[]): ReadonlySet<string> {
  return new Set(objects.map(({ name }) => name))
}

async function each<T>(names: ReadonlySet<string>, get: (name: string) => Promise<T>): Promise<ReadonlyMap<string, T>> {
  return new Map(await Promise.all([...names].map(async (name): Promise<[string, T]> => [name, await get(name)])))
}
