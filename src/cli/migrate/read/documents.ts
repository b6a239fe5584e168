import { parseAllDocuments } from 'yaml'
import { isFields, type Fields } from '../../../api/fields.ts'

/** A file, or standard input. */
export interface Input {
  readonly name: string
  readonly text: string
}

/** An object of a file. */
export interface Document {
  /** The file, and the number of the document if the file has several. */
  readonly origin: string
  /** Without fields if the document is something else, such as a list. */
  readonly object: Fields
}

/** A document that cannot be read. */
export interface Unreadable {
  readonly origin: string
  readonly problem: string
}

export interface Read {
  readonly documents: readonly Document[]
  readonly unreadable: readonly Unreadable[]
}

/** Returns the objects of some files. The items of a list of Kubernetes are objects of their own. */
export function documentsOf(inputs: readonly Input[]): Read {
  const read = inputs.flatMap((input) => documentsIn(input))
  return {
    documents: read.flatMap((one) => ('object' in one ? [one] : [])),
    unreadable: read.flatMap((one) => ('problem' in one ? [one] : [])),
  }
}

function documentsIn({ name, text }: Input): readonly (Document | Unreadable)[] {
  const values = valuesIn(text.replace(/^\uFEFF/, ''))
  return values.flatMap((value, index) => {
    const origin = values.length > 1 ? `${name}#${index + 1}` : name
    return 'problem' in value ? [{ origin, ...value }] : objectsOf(value.value, origin)
  })
}

type Value = { readonly value: unknown } | { readonly problem: string }

// A document with more aliases than this grows without end.
const maxAliasCount = 100

function valuesIn(text: string): readonly Value[] {
  // YAML allows fewer forms of white space than JSON does.
  if (text.trimStart().startsWith('{')) {
    try {
      return [{ value: JSON.parse(text) as unknown }]
    } catch {
      // It may be YAML all the same.
    }
  }
  const parsed = parseAllDocuments(text, { merge: true, prettyErrors: true })
  if (!Array.isArray(parsed)) return []
  return parsed.map((document): Value => {
    const [error] = document.errors
    if (error) return { problem: problemOf(error.message, text) }
    try {
      return { value: document.toJS({ maxAliasCount }) as unknown }
    } catch (thrown) {
      return { problem: problemOf(thrown instanceof Error ? thrown.message : String(thrown), text) }
    }
  })
}

function problemOf(message: string, text: string): string {
  const [first = ''] = message.split('\n')
  const sentence = `it is not YAML: ${first.replace(/:$/, '')}`
  return text.includes('{{')
    ? `${sentence}. It may be a template of Helm: give the output of helm template instead`
    : sentence
}

function objectsOf(value: unknown, origin: string): readonly (Document | Unreadable)[] {
  // An empty document, such as one that has only comments.
  if (value === null || value === undefined) return []
  if (!isFields(value)) return [{ origin, object: {} }]
  const { kind, items } = value
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
    const inner: readonly unknown[] = items
    return inner.flatMap((item, index) => objectsOf(withKind(item, value), `${origin}, item ${index + 1}`))
  }
  return [{ origin, object: value }]
}

/** Returns the item of a list with the apiVersion and kind of the list, if it has none. */
function withKind(item: unknown, { kind, apiVersion }: Fields): unknown {
  if (!isFields(item) || 'kind' in item || kind === 'List') return item
  return { apiVersion, kind: String(kind).replace(/List$/, ''), ...item }
}
