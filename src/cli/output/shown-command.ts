import { shownHole } from '../../decision/command/command-text.ts'
import type { Command } from '../../decision/command/command.ts'

const plainWord = /^[A-Za-z0-9_/:=.,@+-]+$/
// These characters are invisible or move what follows: controls, format characters such as U+200B, and letters such as
// U+3164. Every space but U+0020 is among them.
const unseen = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|[\p{Default_Ignorable_Code_Point}\u2800]/gu

/**
 * Writes a command for an approver: whole, and with each word apart. Two different commands never look the same.
 * bash would read an argv back. A word with invisible characters stands in $'…'. A hole stands as `<path>`, and the
 * very word `<path>` in quotes.
 */
export function shownCommand(command: Command): string {
  return command.map((word) => (typeof word === 'string' ? shownWord(word) : shownHole(word))).join(' ')
}

function shownWord(word: string): string {
  if (plainWord.test(word)) return word
  if (word.search(unseen) === -1) return `'${word.replaceAll("'", `'\\''`)}'`
  const escaped = word.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replace(unseen, escapeCharacter)
  return `$'${escaped}'`
}

function escapeCharacter(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\t') return '\\t'
  const hex = (character.codePointAt(0) ?? 0).toString(16)
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
