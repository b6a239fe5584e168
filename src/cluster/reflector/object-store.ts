import type { KubeObject, ObjectMeta } from '../client/resource.ts'

/** Returns, for each index, the values under which an object is found. Must not throw. */
export type Indexes<T> = Readonly<Record<string, (object: T) => readonly string[]>>

/** The objects that a reflector knows, by key and by the values of its indexes. */
export interface ObjectStore<T> {
  get(key: string): T | undefined
  by(index: string, value: string): readonly T[]
  all(): readonly T[]
  set(key: string, object: T): void
  delete(key: string): void
}

/** Returns `namespace/name`; only `name` for an object without a namespace. */
export function keyOf({ namespace, name }: Pick<ObjectMeta, 'namespace' | 'name'>): string {
  return namespace === undefined ? name : `${namespace}/${name}`
}

export function createObjectStore<T extends KubeObject>(indexes: Indexes<T>): ObjectStore<T> {
  const objects = new Map<string, T>()
  const found = new Map(Object.keys(indexes).map((index) => [index, new Map<string, Set<string>>()]))

  function forEachValue(object: T, visit: (keysByValue: Map<string, Set<string>>, value: string) => void): void {
    for (const [index, valuesOf] of Object.entries(indexes)) {
      const keysByValue = found.get(index)
      if (keysByValue) for (const value of valuesOf(object)) visit(keysByValue, value)
    }
  }

  function remove(key: string): void {
    const object = objects.get(key)
    if (object === undefined) return
    objects.delete(key)
    forEachValue(object, (keysByValue, value) => {
      const keys = keysByValue.get(value)
      // Values come and go (for example, request uids). An empty set for each past value would be a leak.
      if (keys?.delete(key) && keys.size === 0) keysByValue.delete(value)
    })
  }

  return {
    get: (key) => objects.get(key),
    by(index, value) {
      const keysByValue = found.get(index)
      if (keysByValue === undefined) throw new Error(`unknown index ${index}`)
      return [...(keysByValue.get(value) ?? [])].flatMap((key) => objects.get(key) ?? [])
    },
    all: () => [...objects.values()],
    set(key, object) {
      remove(key)
      objects.set(key, object)
      forEachValue(object, (keysByValue, value) => {
        const keys = keysByValue.get(value) ?? new Set()
        keysByValue.set(value, keys.add(key))
      })
    },
    delete: remove,
  }
}
