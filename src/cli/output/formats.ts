import { Option } from 'commander'
import { unseenIn } from '../../api/printable.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { tell } from './output.ts'
import { table, type Row } from './table.ts'

/** The output formats of the verbs that show objects. Without one, people read a table. */
const formats = ['json', 'yaml', 'name', 'wide'] as const

export type Format = (typeof formats)[number]

/** The option -o of the verbs that show objects. */
export function outputOption(): Option {
  return new Option('-o, --output <format>', 'the output format; a table by default').choices(formats)
}

/** The option -o of the verbs that show one object. */
export function objectOutputOption(description: string): Option {
  return new Option('-o, --output <format>', description).choices(objectFormats)
}

/** Describes the table that shows people a list of objects. */
export interface Columns<T> {
  readonly titles: readonly string[]
  /** The titles that only `-o wide` shows. They follow the others. */
  readonly wideTitles?: readonly string[]
  /** The cells of one object: those of `titles`, and then those of `wideTitles`. */
  readonly cells: (object: T) => Row
}

/** Prints a list of objects in one of the formats, as kubectl get does. Scripts get a List, also of one or of none. */
export async function printObjects<T extends KubeObject>(
  format: Format | undefined,
  objects: readonly T[],
  columns: Columns<T>,
): Promise<void> {
  if (format === 'json' || format === 'yaml') await printAs(format, { apiVersion: 'v1', kind: 'List', items: objects })
  else if (format === 'name') for (const object of objects) tell(nameOf(object))
  else if (objects.length > 0) tell(tableOf(format, objects, columns))
}

/** The formats in which a program reads one object. */
const objectFormats = ['json', 'yaml', 'name'] as const

export type ObjectFormat = (typeof objectFormats)[number]

/** An object, or the file of one, which may have only the beginning of a name. */
interface Named {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name?: string; readonly generateName?: string }
}

/** Prints one object as itself. */
export async function printObject(format: ObjectFormat, object: Named): Promise<void> {
  if (format === 'name') tell(nameOf(object))
  else await printAs(format, object)
}

/** Prints a value as JSON or YAML. */
export async function printAs(format: 'json' | 'yaml', value: object): Promise<void> {
  if (format === 'json') tell(jsonText(value))
  else tell((await import('./yaml.ts')).yamlText(value))
}

function tableOf<T extends KubeObject>(
  format: Format | undefined,
  objects: readonly T[],
  { titles, wideTitles = [], cells }: Columns<T>,
): string {
  const shown = format === 'wide' ? [...titles, ...wideTitles] : titles
  return table(
    shown,
    objects.map((object) => cells(object).slice(0, shown.length)),
  )
}

/** Names an object as kubectl -o name does, such as accessrequest.access.sallyport.dev/web-0. */
function nameOf({ apiVersion, kind, metadata: { name, generateName = '' } }: Named): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0] ?? ''}` : ''
  return `${kind.toLowerCase()}${group}/${name ?? generateName}`
}

/** Writes a value as JSON for a terminal, too: a character that it would obey, or not show, stands as an escape. */
export function jsonText(value: object): string {
  return JSON.stringify(value, undefined, 2).replace(unseenIn, escapedUnits)
}

/** JSON has an escape for each half of a character beyond U+FFFF. The line breaks of the layout stay. */
function escapedUnits(character: string): string {
  if (character === '\n') return character
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
