import { createHash } from 'node:crypto'
import type { AuditCut } from '../../api/audit-event.ts'
import { printableWhole } from '../../api/printable.ts'

/** The part of a JSON schema that limits the size of a value. */
interface Bounds {
  readonly maxLength?: number
  readonly maxItems?: number
  readonly items?: Bounds
  readonly properties?: Readonly<Record<string, Bounds>>
  /** The values of a map. */
  readonly additionalProperties?: Bounds | boolean
}

/** A value within its bounds, and notes on the places that were cut. */
interface Fitted<T> {
  readonly value: T
  readonly cut: readonly AuditCut[]
}

interface FitBounds {
  /** The path of the value, for example `data`. */
  readonly at?: string
  /** No text may be longer, even if the schema allows it. */
  readonly most?: number
}

/**
 * Makes all texts of a value safe to be shown, stored and hashed. Cuts texts and lists to what their JSON schema
 * allows: so a writer and a reader have the same bounds. Fields that are undefined go; fields that the schema does not
 * know stay.
 * Nothing else is changed: only a schema check can say whether the schema takes the result.
 */
export function fit<T>(schema: object, value: T, { at = '', most = Infinity }: FitBounds = {}): Fitted<T> {
  const cut: AuditCut[] = []
  const told = within(schema, value, at, { most, onCut: (one) => cut.push(one) })
  return { value: told as T, cut }
}

interface Fitting {
  readonly most: number
  readonly onCut: (cut: AuditCut) => void
}

function within(bounds: Bounds, value: unknown, field: string, fitting: Fitting): unknown {
  if (typeof value === 'string') return textWithin(bounds, value, field, fitting)
  if (Array.isArray(value)) return listWithin(bounds, value, field, fitting)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).filter(([, one]) => one !== undefined)
  if (typeof bounds.additionalProperties === 'object')
    return mapWithin(bounds.additionalProperties, fields, field, fitting)
  return Object.fromEntries(
    fields.map(([name, one]) => {
      const known = bounds.properties?.[name]
      return [name, known ? within(known, one, field === '' ? name : `${field}.${name}`, fitting) : one]
    }),
  )
}

function textWithin({ maxLength = Infinity }: Bounds, text: string, field: string, { most, onCut }: Fitting): string {
  const { told, isCut } = cutText(text, Math.min(maxLength, most))
  if (isCut) onCut({ field, length: Buffer.byteLength(text), hash: sha256(text) })
  return told
}

/** Cuts a list. One cut stands for the whole list. An item that was cut ends in `…` itself. */
function listWithin(bounds: Bounds, list: readonly unknown[], field: string, fitting: Fitting): unknown {
  const { items = {}, maxItems = Infinity } = bounds
  let isCut = list.length > maxItems
  const onCut = (): void => {
    isCut = true
  }
  const kept = isCut ? list.slice(0, maxItems) : list
  const told = kept.map((one) => within(items, one, field, { ...fitting, onCut }))
  if (list.length > maxItems && typeof list[0] === 'string') told[maxItems - 1] = '…'
  if (isCut) fitting.onCut({ field, length: list.length, hash: sha256(JSON.stringify(list)) })
  return told
}

/** One cut stands for the whole map. The number of its keys and their length are not bounded here: the caller does that. */
function mapWithin(
  values: Bounds,
  fields: readonly (readonly [string, unknown])[],
  field: string,
  fitting: Fitting,
): unknown {
  const cuts: AuditCut[] = []
  const onCut = (one: AuditCut): void => {
    cuts.push(one)
  }
  const told = fields.map(([key, one]) => [
    printableWhole(key.toWellFormed()),
    within(values, one, field, { ...fitting, onCut }),
  ])
  if (cuts.length > 0) {
    fitting.onCut({ field, length: fields.length, hash: sha256(JSON.stringify(Object.fromEntries(fields))) })
  }
  return Object.fromEntries(told)
}

/** Cuts a text to this many characters, as JSON schema counts them. If there were more, the last one is `…`. */
function cutText(text: string, most: number): { readonly told: string; readonly isCut: boolean } {
  // Escaping never makes a text shorter, and a character has at most two units: the rest is cut in any case.
  const beginning = text.slice(0, 2 * most + 2)
  // The API server replaces half a surrogate pair with another character, which changes the hash.
  const safe = printableWhole(beginning.toWellFormed())
  if (safe.length <= most) return { told: safe, isCut: false }
  const characters = Array.from(safe)
  if (characters.length <= most) return { told: safe, isCut: false }
  return { told: `${characters.slice(0, most - 1).join('')}…`, isCut: true }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
