import type { Hole } from '../../api/hole.ts'
import { shownHole } from './command-text.ts'
import { holesIn, type Command } from './command.ts'
import { checkOf, type HoleCheck } from './hole-rule.ts'

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
  const alike = commands.filter((command) => isAlike(command, argv))
  const check = checkOf(holesIn(alike))
  const found = alike.map((command) => wrongWord(command, argv, check))
  if (found.some((wrong) => wrong === undefined)) return { matches: true }
  return { matches: false, wrong: found.filter((wrong) => wrong !== undefined) }
}

/** True if the argv has the length of the command, and its words where the command has no holes. */
function isAlike(command: Command, argv: readonly string[]): boolean {
  return (
    command.length === argv.length && command.every((word, index) => typeof word !== 'string' || word === argv[index])
  )
}

function wrongWord(command: Command, argv: readonly string[], check: HoleCheck): WrongWord | undefined {
  const found = command.flatMap((hole, index) => {
    if (typeof hole === 'string') return []
    const problem = check(hole, argv[index] ?? '')
    return problem === undefined ? [] : [{ hole, place: index + 1, problem }]
  })
  return found[0]
}

// One or two show what would be right. A template may have 16 commands.
const maxTold = 3

/** Says which words do not fit, for the end of a sentence. Empty if no hole is at fault. */
export function wrongWordsText(wrong: readonly WrongWord[]): string {
  const texts = wrong.map(({ hole, place, problem }) => `word ${place} is ${shownHole(hole)}, which ${problem}`)
  const told = [...new Set(texts)].slice(0, maxTold).join('; or ')
  return told && `: ${told}`
}
