import { KubeApiError } from './api-error.ts'
import type { Client } from './client.ts'
import type { KubeObject, Resource } from './resource.ts'

/** Says whether an object is what its kind promises; the problems are for the log. */
type Check<T> = (value: unknown) => { ok: true; value: T } | { ok: false; problems: readonly string[] }

/**
 * An object as its kind, checked: one written by another version may be anything.
 * @throws KubeApiError where it is something else
 */
export function typed<T>(object: KubeObject, check: Check<T>): T {
  const result = check(object)
  if (result.ok) return result.value
  const { kind, metadata } = object
  throw new KubeApiError(`${kind} ${metadata.namespace ?? ''}/${metadata.name}: ${result.problems.join('; ')}`)
}

/** A kind of object, and how one is known to be of it. */
export interface Readable<T> {
  readonly resource: Resource
  readonly check: Check<T>
}

/**
 * The object as it is now, checked; undefined where there is none.
 * @throws KubeApiError also where it is not what its kind promises
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
