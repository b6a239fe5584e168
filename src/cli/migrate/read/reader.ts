import { isFields, type Fields, type StringMap } from '../../../api/fields.ts'
import type { Told } from '../note.ts'
import { pathOf } from './leaves.ts'
import type { Trail } from './trail.ts'

/**
 * Reads the fields of an object that came from a file. It records each field that is read. A field of a wrong type is
 * an objection to the whole object: without it, the result could give more than the author wanted.
 */
export interface Reader {
  readonly path: string
  has(key: string): boolean
  text(key: string): string | undefined
  /** Reads a text that must be there. Without it the object is refused, and the result does not matter. */
  need(key: string): string
  flag(key: string): boolean | undefined
  /** Reads a quantity: a text or a number. */
  amount(key: string): string | number | undefined
  texts(key: string): readonly string[] | undefined
  map(key: string): StringMap | undefined
  /** Reads a field with all that is in it. */
  whole(key: string): unknown
  /** Returns the reader of an object in a field. If the field is not there, the object has no fields. */
  object(key: string): Reader
  objects(key: string): readonly Reader[]
  /** Says something about a field. Its value is then in the report. */
  tell(key: string, told: Told): void
  /** Says something about one text of a list. */
  tellItem(key: string, index: number, told: Told): void
  /** Says something about the object itself. */
  tellWhole(told: Told): void
  refuse(key: string, why: string, remedy?: string): void
}

/** Kubernetes reads these words of YAML 1.1 as booleans. */
const words = new Map([
  ...['yes', 'on', 'y'].map((word) => [word, true] as const),
  ...['no', 'off', 'n'].map((word) => [word, false] as const),
])

export function readerOf(value: unknown, trail: Trail, path = ''): Reader {
  const fields: Fields = isFields(value) ? value : {}
  if (value !== undefined && value !== null && !isFields(value)) trail.refuse(path, value, must('an object', value))
  const at = (key: string): string => pathOf(path, key)
  /** Returns the value of a field if it is of the type that is asked for. */
  const read = <T>(key: string, type: string, typed: (found: unknown) => T | undefined): T | undefined => {
    const found = fields[key] ?? undefined
    const result = found === undefined ? undefined : typed(found)
    if (found !== undefined && result === undefined) trail.refuse(at(key), found, must(type, found))
    else trail.use(at(key))
    return result
  }
  const refuse: Reader['refuse'] = (key, why, remedy) => {
    trail.refuse(at(key), fields[key], why, remedy)
  }
  const text = (key: string): string | undefined => read(key, 'a text', asText)
  return {
    path,
    has: (key) => (fields[key] ?? undefined) !== undefined,
    text,
    need(key) {
      const found = text(key)
      if (found !== undefined && found !== '') return found
      refuse(key, 'it is missing')
      return ''
    },
    flag: (key) => read(key, 'true or false', asFlag),
    amount: (key) => read(key, 'a quantity', (found) => (typeof found === 'number' ? found : asText(found))),
    texts: (key) => read(key, 'a list of texts', asTexts),
    map: (key) => read(key, 'a map of texts', asMap),
    whole(key) {
      trail.use(at(key))
      return fields[key]
    },
    object(key) {
      const inner = fields[key]
      if (!isFields(inner) || Object.keys(inner).length === 0) trail.use(at(key))
      return readerOf(inner, trail, at(key))
    },
    objects(key) {
      const list = fields[key] ?? []
      if (!Array.isArray(list)) refuse(key, must('a list', list))
      if (!Array.isArray(list) || list.length === 0) trail.use(at(key))
      return Array.isArray(list)
        ? list.map((item: unknown, index) => readerOf(item ?? {}, trail, pathOf(at(key), index)))
        : []
    },
    tell(key, told) {
      trail.tell(at(key), fields[key], told)
    },
    tellItem(key, index, told) {
      const list = fields[key]
      trail.tell(pathOf(at(key), index), Array.isArray(list) ? list[index] : undefined, told)
    },
    tellWhole(told) {
      trail.tell(path, path === '' ? undefined : value, told)
    },
    refuse,
  }
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function asFlag(value: unknown): boolean | undefined {
  if (typeof value === 'string') return words.get(value.toLowerCase())
  return typeof value === 'boolean' ? value : undefined
}

function asTexts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
}

function asMap(value: unknown): StringMap | undefined {
  if (!isFields(value)) return undefined
  return Object.values(value).every((item) => typeof item === 'string') ? (value as StringMap) : undefined
}

function must(type: string, value: unknown): string {
  return `it must be ${type}, and is ${typeOf(value)}`
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`
}
