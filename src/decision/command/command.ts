import type { Hole } from '../../api/hole.ts'

/** A word of a command: the exact word, or a hole that a request fills. */
type Word = string | Hole

/** A command that is offered: its argv, with holes in it. */
export type Command = readonly Word[]

/** A list of commands as it is written: `<NAME>` stands for the hole of that name. */
export interface WrittenCommands {
  readonly commands: readonly (readonly string[])[]
  readonly holes?: readonly Hole[] | undefined
}

/** Reads commands as they are written. A word is a hole only if a hole has its name. */
export function readCommands({ commands, holes = [] }: WrittenCommands): readonly Command[] {
  const byWord = new Map(holes.map((hole) => [holeWord(hole), hole]))
  return commands.map((argv) => argv.map((word) => byWord.get(word) ?? word))
}

/** Returns the word that stands for a hole in a command. */
export function holeWord({ name }: Pick<Hole, 'name'>): string {
  return `<${name}>`
}

/** Returns the holes that stand in commands, each once. */
export function holesIn(commands: readonly Command[]): readonly Hole[] {
  const found = commands.flat().filter((word) => typeof word !== 'string')
  return [...new Map(found.map((hole) => [hole.name, hole])).values()]
}

/** Returns the argv of a command without holes. Undefined if it has one. */
export function withoutHoles(command: Command): readonly string[] | undefined {
  const words = command.filter((word) => typeof word === 'string')
  return words.length === command.length ? words : undefined
}
