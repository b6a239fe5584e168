import type { Hole } from '../../api/hole.ts'
import { printable } from '../../api/printable.ts'
import { argvText } from '../text/argv.ts'
import { holesIn, holeWord, withoutHoles, type Command } from './command.ts'
import { ruleText } from './hole-rule.ts'

/** Shows a hole as `<path>`. The very word `<path>` would stand in quotes. */
export function shownHole(hole: Hole): string {
  return printable(holeWord(hole))
}

/** Shows a command in a sentence, with its holes: `cat <path>`. */
export function commandText(command: Command): string {
  const argv = withoutHoles(command)
  if (argv) return argvText(argv)
  return command.map((word) => (typeof word === 'string' ? argvText([word]) : shownHole(word))).join(' ')
}

/** Shows commands as JSON, in which nothing is hidden. The holes stand in it without quotes: `["cat",<path>]`. */
export function commandsJson(commands: readonly Command[]): string {
  const shown = (command: Command): string =>
    command.map((word) => (typeof word === 'string' ? JSON.stringify(word) : holeWord(word))).join(',')
  return commands.map((command) => `[${shown(command)}]`).join(', ')
}

/** Says what each hole of some commands takes: `<path> must match ^/var/log/[a-z]+$ as a whole`. */
export function holeTexts(commands: readonly Command[]): readonly string[] {
  return holesIn(commands).map((hole) => `${shownHole(hole)} ${ruleText(hole)}`)
}
