import type { Hole } from '../../api/hole.ts'
import { patternProblem } from '../patterns-together.ts'
import { say } from '../text/sentence.ts'
import { holeWord, type WrittenCommands } from './command.ts'
import { compileHoles } from './hole-rule.ts'

/**
 * The faults of commands with holes that their schema cannot find. Each is a clause that names the field.
 */
export function holeProblems({ commands, holes }: WrittenCommands, fields: HoleFields): readonly string[] {
  if (!holes) return []
  return [
    ...new Set(patternProblems(commands, holes, fields)),
    ...holes.flatMap((hole, index) => unused(hole, commands, `${fields.holes}[${index}]`)),
    ...commands.flatMap((argv, index) => wordProblems(argv, holes, fields.command(index))),
  ]
}

/** The paths of the fields that hold commands and holes. */
interface HoleFields {
  readonly holes: string
  readonly command: (index: number) => string
}

function patternProblems(
  commands: WrittenCommands['commands'],
  holes: readonly Hole[],
  fields: HoleFields,
): readonly string[] {
  const compile = compileHoles()
  const places = commands.flat().map((word) => holes.findIndex((hole) => holeWord(hole) === word))
  return places.flatMap((index) => {
    const pattern = holes[index]?.pattern
    const problem = pattern === undefined ? undefined : patternProblem(compile(pattern))
    return problem === undefined ? [] : [say`${fields.holes}[${String(index)}].pattern ${problem}`]
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
