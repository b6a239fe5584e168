import type { Hole } from '../../api/hole.ts'
import { cut } from '../../api/printable.ts'
import { shownHole } from './command-text.ts'
import type { Command } from './command.ts'
import { createHoleCheck, type HoleCheck } from './hole-rule.ts'

/** Says if an argv is one of some commands, or else which of its words a hole does not take. */
export type CommandMatch =
  { readonly matches: true } | { readonly matches: false; readonly wrong: readonly WrongWord[] }

/** A word that a hole does not take, in a command whose other words are the same. */
export interface WrongWord {
  readonly hole: Hole
  /** The place of the word in the command. The first word is number 1. */
  readonly place: number
  /** The reason: a clause without its subject. */
  readonly problem: string
}

/** Compares an argv with each command, word by word. */
export function matchCommands(commands: readonly Command[], argv: readonly string[]): CommandMatch {
  const check = createHoleCheck()
  const wrong: WrongWord[] = []
  for (const command of commands.filter((one) => isAlike(one, argv))) {
    const first = wrongWord(command, argv, check)
    if (!first) return { matches: true }
    wrong.push(first)
  }
  return { matches: false, wrong }
}

/** True if the argv has the length of the command, and its words where the command has no holes. */
function isAlike(command: Command, argv: readonly string[]): boolean {
  return (
    command.length === argv.length && command.every((word, index) => typeof word !== 'string' || word === argv[index])
  )
}

/** Returns the first word that does not fit: a word after it costs time, and changes nothing. */
function wrongWord(command: Command, argv: readonly string[], check: HoleCheck): WrongWord | undefined {
  for (const [index, hole] of command.entries()) {
    if (typeof hole === 'string') continue
    const problem = check(hole, argv[index] ?? '')
    if (problem !== undefined) return { hole, place: index + 1, problem }
  }
  return undefined
}

// One or two show what would be right. A template may have 16 commands.
const maxTold = 3
// A denial is a sentence. The template has the whole rule.
const maxText = 300

/** Says which words do not fit, for the end of a sentence. Empty if no hole is at fault. */
export function wrongWordsText(wrong: readonly WrongWord[]): string {
  const texts = wrong.map(({ hole, place, problem }) => `word ${place} is ${shownHole(hole)}, which ${problem}`)
  const told = [...new Set(texts)]
    .slice(0, maxTold)
    .map((one) => cut(one, maxText))
    .join('; or ')
  return told && `: ${told}`
}
