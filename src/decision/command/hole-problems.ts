import type { Hole } from '../../api/hole.ts'
import { compileTogether, patternProblem } from '../patterns-together.ts'
import { say } from '../text/sentence.ts'
import { holeWord, type WrittenCommands } from './command.ts'

/**
 * The faults of commands with holes that their schema cannot find. Each is a clause that names the field.
 * @param field The path of the field that has `commands` and `holes`.
 */
export function holeProblems({ commands, holes }: WrittenCommands, field: string): readonly string[] {
  if (!holes) return []
  return [
    ...patternProblems(holes, field),
    ...holes.flatMap((hole, index) => unused(hole, commands, `${field}.holes[${index}]`)),
    ...commands.flatMap((argv, index) => wordProblems(argv, holes, `${field}.commands[${index}]`)),
  ]
}

function patternProblems(holes: readonly Hole[], field: string): readonly string[] {
  return compileTogether(holes.map(({ pattern }) => pattern)).flatMap((compiled, index) => {
    const problem = patternProblem(compiled)
    return problem === undefined ? [] : [say`${field}.holes[${String(index)}].pattern ${problem}`]
  })
}

function unused(hole: Hole, commands: WrittenCommands['commands'], field: string): readonly string[] {
  const word = holeWord(hole)
  return commands.some((argv) => argv.includes(word))
    ? []
    : [say`${field} is used by no command: none has the word ${word}`]
}

function wordProblems(argv: readonly string[], holes: readonly Hole[], field: string): readonly string[] {
  return argv.flatMap((word, index) => {
    if (!likeHole.test(word)) return []
    if (!holes.some((hole) => holeWord(hole) === word)) {
      return [
        say`${field}[${String(index)}] is ${word}, but no hole has that name. For the very word, use a hole with values`,
      ]
    }
    return argv.indexOf(word) === index ? [] : [say`${field} has ${word} twice: use two holes`]
  })
}

// Wider than the names of holes: a misspelt one would be an exact word, which nobody could ask for.
const likeHole = /^<[^<>\s]+>$/
