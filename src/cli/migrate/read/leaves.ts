import { isFields } from '../../../api/fields.ts'

/** A value that has no fields of its own, and its place. */
export interface Leaf {
  /** The paths from the root to the leaf. Each is the path of a field that holds the leaf. */
  readonly within: readonly string[]
  readonly path: string
  readonly value: unknown
}

const plainKey = /^[A-Za-z_][\w-]*$/

/** Returns the path of a field in an object, or of an item in a list. */
export function pathOf(parent: string, key: string | number): string {
  if (typeof key === 'number') return `${parent}[${key}]`
  if (!plainKey.test(key)) return `${parent}[${JSON.stringify(key)}]`
  return parent === '' ? key : `${parent}.${key}`
}

/** Returns every leaf of a JSON value. An empty object and an empty list are leaves, too. */
export function leavesOf(value: unknown, path = '', outer: readonly string[] = []): readonly Leaf[] {
  const within = [...outer, path]
  const children = childrenOf(value)
  if (children.length === 0) return [{ within, path, value }]
  return children.flatMap(([key, child]) => leavesOf(child, pathOf(path, key), within))
}

function childrenOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return value.map((item: unknown, index) => [index, item] as const)
  return isFields(value) ? Object.entries(value) : []
}
