import { cut, printable } from '../../../api/printable.ts'
import { say } from '../../../decision/text/sentence.ts'
import type { Outcome } from '../outcome.ts'
import type { Note } from '../note.ts'
import type { Unreadable } from '../read/documents.ts'
import type { Made } from '../source.ts'

const maxShown = 80

const words = { NoEqual: 'no equal', Differs: 'differs' } as const

/** Returns the report for people: object by object, each field that was not simply converted, why, and what to do. */
export function reportText(outcomes: readonly Outcome[], unreadable: readonly Unreadable[]): string {
  const untouched = outcomes.filter(({ result }) => result === 'Untouched')
  return [
    countsOf(outcomes, unreadable),
    ...unreadable.map(({ origin, problem }) => say`${origin}: not read: ${problem}.`),
    ...outcomes.filter(({ result }) => result !== 'Untouched').map(outcomeText),
    ...(untouched.length > 0 ? [untouchedText(untouched)] : []),
  ].join('\n')
}

/** Returns one line that says how much was converted. */
export function countsOf(outcomes: readonly Outcome[], unreadable: readonly Unreadable[]): string {
  const count = (result: Outcome['result']): number => outcomes.filter((one) => one.result === result).length
  const parts = [
    `${count('Converted')} converted`,
    `${count('NoEqual')} without an equal`,
    `${count('Refused')} refused`,
    `${count('Untouched')} not touched`,
    ...(unreadable.length > 0 ? [`${unreadable.length} not read`] : []),
  ]
  const all = outcomes.length + unreadable.length
  return `${all} ${all === 1 ? 'object' : 'objects'}: ${parts.join(', ')}.`
}

function untouchedText(outcomes: readonly Outcome[]): string {
  const lines = outcomes.map(({ origin, title }) => say`  ${title} (${origin})`)
  return ['Not of the four systems, and so not touched and not written:', ...lines].join('\n')
}

const results = {
  Refused: 'is not converted',
  NoEqual: 'has no equal, and nothing is written for it',
} as const

function outcomeText(outcome: Outcome): string {
  const { origin, title, result, notes } = outcome
  const ignored = notes.filter(({ effect }) => effect === 'Ignored')
  const made = [...outcome.objects, ...outcome.requests]
  return [
    say`${origin}: ${title}`,
    result === 'Converted' || result === 'Untouched' ? becomes(made, outcome) : `  ${results[result]}`,
    ...notes.flatMap((note) => noteLines(note)),
    ...ignoredLines(ignored),
  ].join('\n')
}

function becomes(made: readonly Made[], { config }: Outcome): string {
  const parts = [
    ...made.map(({ kind, metadata: { name, generateName, namespace } }) => {
      const where = namespace === undefined ? '' : `${namespace}/`
      return say`${kind} ${where}${name ?? `${generateName ?? ''}*`}`
    }),
    ...Object.keys(config).map((field) => `${field} in the config`),
  ]
  return parts.length === 0 ? '  nothing is written for it' : `  becomes ${parts.join(', ')}`
}

function noteLines({ path, effect, value, why, remedy, command }: Note): readonly string[] {
  if (effect === 'Ignored') return []
  const place = path === '' ? 'the object' : printable(path)
  const shown = value === undefined ? '' : ` = ${printable(cut(JSON.stringify(value), maxShown))}`
  return [
    `  ${words[effect]}: ${place}${shown}`,
    `    why: ${printable(why)}.`,
    ...(remedy === undefined ? [] : [`    do:  ${printable(remedy)}.`]),
    ...(command === undefined ? [] : [`    run: ${printable(command)}`]),
  ]
}

/** Tells in one line of all fields that are ignored for the same reason. */
function ignoredLines(notes: readonly Note[]): readonly string[] {
  return [...Map.groupBy(notes, ({ why }) => why)].map(
    ([why, same]) => `  ignored: ${same.map(({ path }) => printable(path)).join(', ')} (${printable(why)})`,
  )
}
