import type { JsonPatchOperation } from '../../../api/kinds/json-patch.ts'
import { canonicalJson } from '../../../decision/canonical-json.ts'
import { say } from '../../../decision/text/sentence.ts'
import { isBeyondMeasure, measure } from './measure.ts'

// This is our own code, because none of the kept libraries is strict. The library immutable-json-patch adds beyond the
// end of a list and at index -1, and finds {x, y} unlike {y, x}. The library rfc6902 takes `/a~2` and `/a/01`, copies
// `/constructor`, and throws a TypeError for a step into a string.

type PatchedDocument =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string; readonly at: number }

/**
 * Applies all of an RFC 6902 patch, or nothing. It does not change the document, and sees only the document's own
 * properties. A failure names the operation by its index.
 */
export function applyPatch(document: unknown, patch: readonly JsonPatchOperation[]): PatchedDocument {
  let value = document
  for (const [at, operation] of patch.entries()) {
    try {
      value = inMeasure(applied(value, operation))
    } catch (error) {
      if (error instanceof PatchProblem) return { ok: false, problem: error.message, at }
      throw error
    }
  }
  return { ok: true, value }
}

/** Returns what is wrong with an operation, whatever document it is applied to. Undefined if nothing is. */
export function operationProblem(operation: JsonPatchOperation): string | undefined {
  try {
    read(operation)
    return undefined
  } catch (error) {
    if (error instanceof PatchProblem) return error.message
    throw error
  }
}

class PatchProblem extends Error {
  override readonly name = 'PatchProblem'
}

/** An operation with all that it needs, and no more. */
type Operation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: Steps; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: Steps }
  | { readonly op: 'move' | 'copy'; readonly path: Steps; readonly from: Steps }

function read(operation: JsonPatchOperation): Operation {
  const { op } = operation
  const path = pointer('path', operation.path)
  if (op === 'remove') return { op, path }
  if (op === 'move' || op === 'copy') return { op, path, from: readFrom(operation, path) }
  if (operation.value === undefined) throw new PatchProblem(`${op} needs a value`)
  return { op, path, value: operation.value }
}

function readFrom({ op, from }: JsonPatchOperation, path: Steps): Steps {
  if (from === undefined) throw new PatchProblem(`${op} needs from`)
  const steps = pointer('from', from)
  if (op === 'move' && path.length > steps.length && isWithin(path, steps)) {
    throw new PatchProblem(say`${written(steps)} cannot be moved into itself`)
  }
  return steps
}

function pointer(field: string, text: string): Steps {
  const steps = parsePointer(text)
  if (steps) return steps
  throw new PatchProblem(say`${field} is not a JSON pointer such as /spec/containers/0: ${text}`)
}

function inMeasure(document: unknown): unknown {
  if (isBeyondMeasure(document)) throw new PatchProblem(`the document would have more than ${measure}`)
  return document
}

function applied(document: unknown, operation: JsonPatchOperation): unknown {
  const asked = read(operation)
  switch (asked.op) {
    case 'add':
      return added(document, asked.path, asked.value)
    case 'remove':
      return removed(document, asked.path)
    case 'replace':
      found(document, asked.path)
      return changed(document, asked.path, () => asked.value)
    case 'move':
      return added(removed(document, asked.from), asked.path, found(document, asked.from))
    case 'copy':
      return added(document, asked.path, found(document, asked.from))
    case 'test':
      if (canonicalJson(found(document, asked.path)) === canonicalJson(asked.value)) return document
      throw new PatchProblem(say`${written(asked.path)} is not the value that the test expects`)
  }
}

// Array.isArray does not narrow a readonly list.
function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

type Parent = readonly unknown[] | Readonly<Record<string, unknown>>

function added(document: unknown, path: Steps, value: unknown): unknown {
  return inParent(document, path, value, (parent, step) => {
    if (!isList(parent)) return { ...parent, [step]: value }
    const index = step === '-' ? parent.length : indexIn(parent.length + 1, step)
    if (index === undefined) throw missing(path)
    return parent.toSpliced(index, 0, value)
  })
}

function removed(document: unknown, path: Steps): unknown {
  if (path.length === 0) throw new PatchProblem('the whole document cannot be removed')
  found(document, path)
  return inParent(document, path, undefined, (parent, step) =>
    isList(parent)
      ? parent.toSpliced(Number(step), 1)
      : Object.fromEntries(Object.entries(parent).filter(([key]) => key !== step)),
  )
}

/** Changes the parent of a place. The root has no parent, and becomes `root`. */
function inParent(
  document: unknown,
  path: Steps,
  root: unknown,
  change: (parent: Parent, step: string) => unknown,
): unknown {
  const last = path.at(-1)
  if (last === undefined) return root
  return changed(document, path.slice(0, -1), (parent) => {
    if (typeof parent !== 'object' || parent === null) throw missing(path)
    return change(parent as Parent, last)
  })
}

function changed(node: unknown, path: Steps, change: (value: unknown) => unknown): unknown {
  const [step, ...rest] = path
  if (step === undefined) return change(node)
  const inner = changed(child(node, step, path), rest, change)
  // A computed key makes an own property, even for `__proto__`.
  return isList(node) ? node.with(Number(step), inner) : { ...(node as object), [step]: inner }
}

function found(document: unknown, path: Steps): unknown {
  return path.reduce((node, step) => child(node, step, path), document)
}

function child(node: unknown, step: string, path: Steps): unknown {
  if (isList(node)) {
    const index = indexIn(node.length, step)
    if (index === undefined) throw missing(path)
    return node[index]
  }
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, step)) throw missing(path)
  return (node as Readonly<Record<string, unknown>>)[step]
}

/** Reads an index as RFC 6901 writes it: without sign, without leading zero. */
function indexIn(length: number, step: string): number | undefined {
  const index = /^(0|[1-9][0-9]{0,8})$/.test(step) ? Number(step) : length
  return index < length ? index : undefined
}

function missing(path: Steps): PatchProblem {
  return new PatchProblem(say`${written(path)} does not exist`)
}

function written(path: Steps): string {
  return path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('') || 'the whole document'
}

/** The steps from the root to a place in a JSON document. */
export type Steps = readonly string[]

/** Reads an RFC 6901 pointer. Undefined if the text is not one, such as `a` or `/a~2`. */
export function parsePointer(pointer: string): Steps | undefined {
  if (pointer === '') return []
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined
  const steps = pointer.slice(1).split('/')
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** True if `inner` lies at `outer` or below it. */
function isWithin(inner: Steps, outer: Steps): boolean {
  return outer.every((step, index) => inner[index] === step)
}
