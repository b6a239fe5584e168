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
