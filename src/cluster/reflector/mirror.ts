import { isDeepStrictEqual } from 'node:util'
import { createObjectStore, keyOf, type Indexes, type ObjectStore } from './object-store.ts'
import type { KubeObject } from '../client/resource.ts'

/** The latest known state of a collection. It reports changes. */
export interface Mirror<T> extends Pick<ObjectStore<T>, 'get' | 'by' | 'all'> {
  /** Replaces the whole collection, as after a list: objects that are missing in it were deleted. */
  replace(objects: readonly T[]): void
  set(object: T): void
  delete(object: T): void
}

/**
 * Reports a change. Without `before`: added; without `after`: deleted. A new version is not reported if the kept part
 * is the same. An error that it throws reaches the caller of the mirror's method.
 */
export type OnChange<T> = (key: string, before: T | undefined, after: T | undefined) => void

/** Makes an empty mirror. The state counts before it is reported: a listener that looks sees the change. */
export function createMirror<T extends KubeObject>(indexes: Indexes<T>, onChange: OnChange<T>): Mirror<T> {
  let store = createObjectStore(indexes)

  function report(key: string, before: T | undefined, after: T | undefined): void {
    if (isSame(before, after)) return
    if (before !== undefined && after !== undefined && before.metadata.uid !== after.metadata.uid) {
      // Another object has the same name now. The end of the first one must not be missed.
      onChange(key, before, undefined)
      onChange(key, undefined, after)
    } else onChange(key, before, after)
  }

  return {
    get: (key) => store.get(key),
    by: (index, value) => store.by(index, value),
    all: () => store.all(),
    replace(objects) {
      const old = store
      const fresh = createObjectStore(indexes)
      for (const object of objects) fresh.set(keyOf(object.metadata), object)
      // The store is replaced whole: a reader in between sees all of the old or all of the new.
      store = fresh
      for (const before of old.all()) {
        const key = keyOf(before.metadata)
        if (fresh.get(key) === undefined) report(key, before, undefined)
      }
      for (const after of fresh.all()) {
        const key = keyOf(after.metadata)
        report(key, old.get(key), after)
      }
    },
    set(object) {
      const key = keyOf(object.metadata)
      const before = store.get(key)
      store.set(key, object)
      report(key, before, object)
    },
    delete(object) {
      const key = keyOf(object.metadata)
      const before = store.get(key)
      store.delete(key)
      if (before !== undefined) report(key, before, undefined)
    },
  }
}

/**
 * True if nothing has changed. A list after a gap repeats known objects, and so may a watch. A pod that is annotated in
 * a loop does not change its kept part.
 */
function isSame(before: KubeObject | undefined, after: KubeObject | undefined): boolean {
  if (!before || !after) return before === after
  return before.metadata.resourceVersion === after.metadata.resourceVersion
    ? before.metadata.uid === after.metadata.uid
    : isDeepStrictEqual(withoutVersion(before), withoutVersion(after))
}

function withoutVersion({ metadata, ...rest }: KubeObject): object {
  return { ...rest, metadata: { ...metadata, resourceVersion: undefined } }
}
