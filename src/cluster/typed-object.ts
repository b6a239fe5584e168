import { KubeApiError } from './api-error.ts'
import type { KubeObject } from './resource.ts'

/** Says whether an object is what its kind promises; the problems are for the log. */
export type Check<T> = (value: unknown) => { ok: true; value: T } | { ok: false; problems: readonly string[] }

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
