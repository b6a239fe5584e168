import type { Hole } from '../../api/hole.ts'
import { printableWhole } from '../../api/printable.ts'
import type { CompiledPattern } from '../pattern.ts'
import { compileWithin, type CompileWithin } from '../patterns-together.ts'
import { standIn } from '../text/argv.ts'

/** The one rule of a hole. `none` if a hole has no rule, or several: another version may have stored it. */
type HoleRule =
  | { readonly is: 'pattern'; readonly pattern: string }
  | { readonly is: 'values'; readonly values: readonly string[] }
  | { readonly is: 'range'; readonly min: number; readonly max: number }
  | { readonly is: 'none' }

/** Returns the one rule of a hole. */
function ruleOf({ pattern, values, range }: Hole): HoleRule {
  const [rule = nothing, ...others] = [
    ...(pattern === undefined ? [] : [{ is: 'pattern', pattern } as const]),
    ...(values ? [{ is: 'values', values } as const] : []),
    ...(range ? [{ is: 'range', ...range } as const] : []),
  ]
  return others.length === 0 ? rule : nothing
}

const nothing = { is: 'none' } as const

/** Says what a word in the hole must be: a clause without its subject. Nothing of the rule is cut. */
export function ruleText(hole: Hole): string {
  const rule = ruleOf(hole)
  switch (rule.is) {
    case 'pattern':
      return `must match ${printableWhole(rule.pattern)} as a whole`
    case 'values':
      return `must be ${printableWhole(rule.values.map((value) => JSON.stringify(value)).join(' or '))}`
    case 'range':
      return `must be a whole number from ${rule.min} to ${rule.max}`
    case 'none':
      return 'has no rule that this Sallyport knows'
  }
}

/** Says why a word does not fit into a hole: a clause without its subject. Undefined if it fits. */
export type HoleCheck = (hole: Hole, word: string) => string | undefined

// One call of the gate may look at 16 requests under such a template, and the thread that answers waits for all of them.
const maxInstructions = 1_000
// The cost of a match grows with the word.
const maxWord = 512

/** Returns a compiler of the patterns of holes. A pattern counts for each place in a command where it stands. */
export function compileHoles(): CompileWithin {
  return compileWithin(maxInstructions)
}

/** Returns a check of words in the holes of some commands. */
export function createHoleCheck(): HoleCheck {
  const compile = compileHoles()
  return (hole, word) => {
    const rule = ruleOf(hole)
    // The template's author wrote the values, so they may hold anything.
    if (rule.is !== 'values' && isUnreadable(word))
      return 'may hold only characters that can be seen, and no line break'
    if (word.length > maxWord) return `may have at most ${maxWord} characters`
    return isAllowed(rule, word, compile) ? undefined : ruleText(hole)
  }
}

/** True if a terminal obeys a character of the word, or does not show it. Also if one stands for a byte that is not text. */
function isUnreadable(word: string): boolean {
  return word.includes(standIn) || printableWhole(word) !== word
}

// One way to write each number: a program might read 010 as 8.
const wholeNumber = /^(0|-?[1-9]\d{0,15})$/

function isAllowed(rule: HoleRule, word: string, compile: CompileWithin): boolean {
  switch (rule.is) {
    case 'pattern':
      return isMatched(compile(rule.pattern), word)
    case 'values':
      return rule.values.includes(word)
    case 'range':
      return wholeNumber.test(word) && Number(word) >= rule.min && Number(word) <= rule.max
    case 'none':
      return false
  }
}

function isMatched(compiled: CompiledPattern, word: string): boolean {
  return 'pattern' in compiled && compiled.pattern.matches(word)
}
