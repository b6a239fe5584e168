import { isRecord } from '../client/read-object.ts'

/**
 * True if `observed` differs from `desired` in something that `desired` says.
 *
 * Fields that only `observed` has do not count: the API server fills in defaults, and others may label and annotate.
 * Lists must have the same length (one more subject in a RoleBinding is a difference). Their elements are compared in
 * the same way, because elements get defaults, too.
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

/**
 * True for the values that get lost: JSON leaves out undefined, and the API server leaves out null and empty objects.
 */
function isVoid(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (isRecord(value) && !Array.isArray(value) && Object.values(value).every(isVoid))
  )
}

/** Returns the merge patch (RFC 7386) that turns `before` into `after`: a field that `after` lacks becomes null. */
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

/** True if a merge patch goes into the value. Lists are replaced whole. */
function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
