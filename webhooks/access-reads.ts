import type { UserInfo } from '../src/api/admission-review.ts'
import { checkGrant, checkPass, checkPod, checkRequest } from '../src/api/checks.ts'
import { accessGrantKind } from '../src/api/kinds/access-grant.ts'
import { accessPassKind } from '../src/api/kinds/access-pass.ts'
import { accessRequestKind, type AccessRequest } from '../src/api/kinds/access-request.ts'
import type { Client } from '../src/cluster/client.ts'
import { resources } from '../src/cluster/resources.ts'
import { readTyped, type Readable } from '../src/cluster/typed-object.ts'
import type { AccessSnapshot } from '../src/decision/access-snapshot.ts'
import type { PodEntry } from '../src/decision/entry.ts'
import { passName } from '../src/decision/pass-name.ts'

const readable = {
  pod: { resource: resources.Pod, check: checkPod },
  pass: { resource: accessPassKind, check: checkPass },
  grant: { resource: accessGrantKind, check: checkGrant },
  request: { resource: accessRequestKind, check: checkRequest },
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
    readTyped(client, kind, { namespace, name }, signal)

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
export function readRequest(
  client: Client,
  where: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<AccessRequest | undefined> {
  return readTyped(client, readable.request, where, signal)
}

function namesOf(objects: readonly { readonly name: string }[]): ReadonlySet<string> {
  return new Set(objects.map(({ name }) => name))
}

async function each<T>(names: ReadonlySet<string>, get: (name: string) => Promise<T>): Promise<ReadonlyMap<string, T>> {
  return new Map(await Promise.all([...names].map(async (name): Promise<[string, T]> => [name, await get(name)])))
}
