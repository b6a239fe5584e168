import { KubeApiError } from './api-error.ts'
import type { Client } from './client.ts'
import type { KubeObject, Resource } from './resource.ts'

/** Says whether an object is what its kind promises. The problems are for the log. */
type Check<T> = (value: unknown) => { ok: true; value: T } | { ok: false; problems: readonly string[] }

/**
 * Checks an object and returns it as its kind: an object that another version wrote may be anything.
 * @throws KubeApiError if it is something else
 */
export function typed<T>(object: KubeObject, check: Check<T>): T {
  const result = check(object)
  if (result.ok) return result.value
  const { kind, metadata } = object
  throw new KubeApiError(`${kind} ${metadata.namespace ?? ''}/${metadata.name}: ${result.problems.join('; ')}`)
}

/** A kind of object, and the check that an object is of this kind. */
export interface Readable<T> {
  readonly resource: Resource
  readonly check: Check<T>
}

/**
 * Reads the object as it is now, and checks it. Resolves to undefined if it does not exist.
 * @throws KubeApiError also if it is not what its kind promises
 */
export async function readTyped<T>(
  client: Pick<Client, 'get'>,
  { resource, check }: Readable<T>,
  where: { readonly namespace: string; readonly name: string },
  signal?: AbortSignal,
): Promise<T | undefined> {
  const object = await client.get(resource, where, signal)
  return object && typed(object, check)
}
