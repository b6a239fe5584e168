import { fieldsOf, type Fields } from '../../api/fields.ts'
import { keepOneOfEach } from './keep-one-of-each.ts'
import { problemsOf } from './made-problems.ts'
import type { Note, Told } from './note.ts'
import type { Outcome } from './outcome.ts'
import type { Document } from './read/documents.ts'
import { readerOf } from './read/reader.ts'
import { newTrail } from './read/trail.ts'
import {
  builtInVersions,
  sourceGroups,
  sourceVersions,
  type Context,
  type Converted,
  type Made,
  type Source,
} from './source.ts'
import { groupOf, sourceOf } from './sources.ts'

const knownVersions = [...sourceVersions, ...builtInVersions]

const unknownVersion: Told = {
  effect: 'Differs',
  why: 'this version is not known, and was read like the one that is',
  remedy: 'See if the result is right',
}

const unknownKind: Note = {
  path: '',
  effect: 'NoEqual',
  why: 'no release of its system has such a kind',
  remedy: 'See if kind and apiVersion are right',
}

/**
 * Converts all objects of some files. Each field of each of them is in a result or in a note.
 * @param namespace the namespace of objects that name none
 */
export function convertAll(documents: readonly Document[], namespace?: string): readonly Outcome[] {
  const context = contextOf(documents.map(({ object }) => object))
  return keepOneOfEach(documents.map((document) => convertOne(document, context, namespace)))
}

function contextOf(objects: readonly Fields[]): Context {
  return {
    objects,
    find: (kind, name, namespace) =>
      objects.find((object) => {
        const metadata = fieldsOf(object['metadata'])
        const isNear = kind !== 'Role' || metadata['namespace'] === namespace
        return object['kind'] === kind && metadata['name'] === name && isNear
      }),
  }
}

function convertOne({ origin, object }: Document, context: Context, namespace: string | undefined): Outcome {
  const source = sourceOf(object, context)
  const base = { origin, title: titleOf(object), objects: [], requests: [], config: {}, notes: [] }
  if (source) return { ...base, ...converted(source, object, context, namespace) }
  if (sourceGroups.includes(groupOf(object))) return { ...base, result: 'NoEqual', notes: [unknownKind] }
  return { ...base, result: 'Untouched' }
}

type Parts = Omit<Outcome, 'origin' | 'title'>

function converted(source: Source, object: Fields, context: Context, namespace: string | undefined): Parts {
  const { made, refusals, notes } = tracked(source, object, context)
  const { objects = [], requests = [], config = {} } = made
  if (refusals.length > 0) return { result: 'Refused', objects: [], requests: [], config: {}, notes }
  const isNothing = objects.length + requests.length + Object.keys(config).length === 0
  return {
    result: isNothing ? 'NoEqual' : 'Converted',
    objects: objects.map((one) => inNamespace(one, namespace)),
    requests: requests.map((one) => inNamespace(one, namespace)),
    config,
    notes,
  }
}

interface Tracked {
  readonly made: Converted
  readonly refusals: readonly Note[]
  /** All notes, the refusals first. */
  readonly notes: readonly Note[]
}

/** Converts an object, and adds a note for each field that the conversion did not read. */
function tracked(source: Source, object: Fields, context: Context): Tracked {
  const trail = newTrail()
  for (const field of ['apiVersion', 'kind']) trail.use(field)
  const version = object['apiVersion']
  if (!knownVersions.includes(String(version))) trail.tell('apiVersion', version, unknownVersion)
  const made = source.convert(readerOf(object, trail), context)
  // A live object has one. It says how the old system was, unless the conversion has read it.
  if ('status' in object && !trail.has('status')) {
    trail.tell('status', object['status'], { effect: 'Ignored', why: 'the cluster writes it' })
  }
  const { refusals, notes } = trail
  const all = refusals.length > 0 ? refusals : problemsOf([...(made.objects ?? []), ...(made.requests ?? [])])
  return { made, refusals: all, notes: [...all, ...notes, ...trail.unread(object)] }
}

const namespaced = ['AccessTemplate', 'AccessRequest', 'RoleBinding']

function inNamespace(made: Made, namespace: string | undefined): Made {
  if (namespace === undefined || made.metadata.namespace !== undefined || !namespaced.includes(made.kind)) return made
  return { ...made, metadata: { ...made.metadata, namespace } }
}

function titleOf({ kind, metadata }: Fields): string {
  const { name, generateName, namespace } = fieldsOf(metadata)
  if (typeof kind !== 'string') return 'a document without kind'
  const shown = typeof name === 'string' ? name : typeof generateName === 'string' ? `${generateName}*` : ''
  return `${kind} ${typeof namespace === 'string' ? `${namespace}/` : ''}${shown}`.trimEnd()
}
