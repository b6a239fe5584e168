import { isRecord } from '../client/read-object.ts'

/**
 * Whether something that `desired` says is otherwise in `observed`.
 *
 * What only `observed` has is no difference: the API server fills in defaults, and others may label and annotate. Lists are compared whole
 * (a subject more in a RoleBinding is a difference), but element by element in the same way, for elements get defaults, too.
 */
export function isDifferent(desired: unknown, observed: unknown): boolean {
  if (Array.isArray(desired)) {
    if (!Array.isArray(observed) || observed.length !== desired.length) return true
    return desired.some((element, index) => isDifferent(element, observed[index]))
  }
  if (isRecord(desired)) {
    if (!isRecord(observed)) return !isVoid(desired)
    return Object.entries(desired).some(([field, value]) => isDifferent(value, observed[field]))
  }
  return desired !== observed && !(isVoid(desired) && isVoid(observed))
}

/** JSON leaves undefined out, and the API server leaves out null and empty objects. */
function isVoid(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (isRecord(value) && !Array.isArray(value) && Object.values(value).every(isVoid))
  )
}

/** The merge patch (RFC 7386) after which an object is `after`: what was in it and is not to be any more is null. */
export function mergePatch(before: object, after: object): object {
  const gone = Object.keys(before).filter((key) => fieldOf(after, key) === undefined)
  const kept = Object.entries(after).map(([key, value]: [string, unknown]): [string, unknown] => {
    const old = fieldOf(before, key)
    return [key, isMap(old) && isMap(value) ? mergePatch(old, value) : value]
  })
  return Object.fromEntries([...kept, ...gone.map((key): [string, unknown] => [key, null])])
}

function fieldOf(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? (object as Readonly<Record<string, unknown>>)[key] : undefined
}

/** Lists are replaced whole. */
function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
