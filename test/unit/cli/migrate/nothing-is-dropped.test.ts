import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Fields } from '../../../../src/api/fields.ts'
import type { Outcome } from '../../../../src/cli/migrate/outcome.ts'
import type { Document } from '../../../../src/cli/migrate/read/documents.ts'
import { pathOf } from '../../../../src/cli/migrate/read/leaves.ts'
import { sources } from '../../../../src/cli/migrate/sources.ts'
import { examples, migratedOne, outcomeOf } from './examples.ts'

// The promise: each field of each object is in the result, or in the report. It is proven from outside: whatever is
// changed in an object shows in one of the two.

/** The steps to a place, such as `spec`, `grants`, 0. */
type Steps = readonly (string | number)[]

function stepsToLeaves(value: unknown, steps: Steps = []): readonly Steps[] {
  if (typeof value !== 'object' || value === null) return [steps]
  const entries = Array.isArray(value)
    ? value.map((item: unknown, index): [string | number, unknown] => [index, item])
    : Object.entries(value)
  return entries.length === 0 ? [steps] : entries.flatMap(([key, child]) => stepsToLeaves(child, [...steps, key]))
}

function stepsToObjects(value: unknown, steps: Steps = []): readonly Steps[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.entries(value).flatMap(([key, child]) =>
    stepsToObjects(child, [...steps, Array.isArray(value) ? Number(key) : key]),
  )
  return Array.isArray(value) ? inner : [steps, ...inner]
}

function changedAt(value: unknown, [step, ...rest]: Steps, change: (old: unknown) => unknown): unknown {
  if (step === undefined) return change(value)
  if (Array.isArray(value)) return value.with(Number(step), changedAt(value[Number(step)], rest, change))
  const fields = value as Fields
  return { ...fields, [step]: changedAt(fields[step], rest, change) }
}

/** Returns another value of the same type. */
function another(value: unknown): unknown {
  if (typeof value === 'string') return `${value}x`
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  return 'x'
}

function written(steps: Steps): string {
  return steps.reduce<string>((path, step) => pathOf(path, step), '')
}

/** True if a note is about the place itself, or about something that holds it. */
function isTold({ notes }: Outcome, path: string): boolean {
  return notes.some(
    (note) =>
      path === note.path || note.path === '' || path.startsWith(`${note.path}.`) || path.startsWith(`${note.path}[`),
  )
}

const all = examples.flatMap(({ system, documents }) =>
  documents.map((document, index) => ({ title: `${system}: ${document.origin}`, documents, index })),
)

function changed(documents: readonly Document[], index: number, object: unknown): Outcome {
  return outcomeOf(documents.with(index, { origin: 'changed', object: object as Fields }), index)
}

test.each(all)('each value of $title matters, or is told of', ({ documents, index }) => {
  const document = documents[index]
  const before = outcomeOf(documents, index)
  if (before.result === 'Untouched') return

  const silent = stepsToLeaves(document?.object).filter((steps) => {
    const after = changed(documents, index, changedAt(document?.object, steps, another))
    const isSame = JSON.stringify({ ...after, origin: '' }) === JSON.stringify({ ...before, origin: '' })
    return isSame && !isTold(after, written(steps))
  })

  expect(silent.map(written)).toEqual([])
})

test.each(all)('each field that nobody knows in $title is told of', ({ documents, index }) => {
  const document = documents[index]
  if (outcomeOf(documents, index).result === 'Untouched') return

  const added = stepsToObjects(document?.object).map((steps) => ({
    path: written([...steps, 'unheardOf']),
    outcome: changed(
      documents,
      index,
      changedAt(document?.object, steps, (old) => ({ ...(old as Fields), unheardOf: { deep: ['value'] } })),
    ),
  }))

  // In some places everything is allowed: it is then in the result as it is.
  const isThere = ({ objects, requests }: Outcome): boolean => JSON.stringify([objects, requests]).includes('unheardOf')
  const silent = added.filter(({ path, outcome }) => !isTold(outcome, `${path}.deep[0]`) && !isThere(outcome))
  expect(silent.map(({ path }) => path)).toEqual([])
})

const kinds = sources.map(({ groups, kind }) => ({ apiVersion: `${groups[0] ?? ''}/v1`, kind }))

test('no object is a crash, and what comes of it is told', () => {
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.object({ maxDepth: 4 }), fc.object(), (head, spec, metadata) => {
      const outcome = migratedOne({ ...head, metadata, spec, rules: [spec], subjects: [spec] })
      expect(outcome.result === 'Untouched' || outcome.notes.length > 0).toBe(true)
      expect([...outcome.objects, ...outcome.requests].filter(({ metadata: { name } }) => name === '')).toEqual([])
    }),
  )
})
