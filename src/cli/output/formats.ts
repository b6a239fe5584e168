import { Option } from 'commander'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { tell } from './output.ts'
import { table, type Row } from './table.ts'

/** The output formats of the verbs that show objects. Without one, people read a table. */
export const formats = ['json', 'yaml', 'name', 'wide'] as const

export type Format = (typeof formats)[number]

/** The option -o of the verbs that show objects. */
export function outputOption(): Option {
  return new Option('-o, --output <format>', 'the output format; a table by default').choices(formats)
}

/** Describes the table by which people see a list of objects. */
export interface Columns<T> {
  readonly titles: readonly string[]
  /** The titles that only `-o wide` shows. They follow the others. */
  readonly wideTitles?: readonly string[]
  /** The cells of one object: those of `titles`, and then those of `wideTitles`. */
  readonly cells: (object: T) => Row
}

/** Prints objects in one of the formats, as kubectl get does: one object as itself, several as a List. */
export async function printObjects<T extends KubeObject>(
  format: Format | undefined,
  objects: readonly T[],
  columns: Columns<T>,
): Promise<void> {
  if (format === 'json') tell(JSON.stringify(listOf(objects), undefined, 2))
  else if (format === 'yaml') tell((await import('yaml')).stringify(listOf(objects)).trimEnd())
  else if (format === 'name') for (const object of objects) tell(nameOf(object))
  else tell(tableOf(format, objects, columns))
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

function listOf(objects: readonly KubeObject[]): object {
  const [only] = objects
  return objects.length === 1 && only ? only : { apiVersion: 'v1', kind: 'List', items: objects }
}

/** Names an object as kubectl -o name does, such as accessrequest.access.sallyport.dev/web-0. */
function nameOf({ apiVersion, kind, metadata }: KubeObject): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0] ?? ''}` : ''
  return `${kind.toLowerCase()}${group}/${metadata.name}`
}
