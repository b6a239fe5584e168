const plainWord = /^[A-Za-z0-9_/:=.,@+-]+$/
// All that takes no ink or moves what follows: controls, format characters such as U+200B, letters such as U+3164, every space
// but one.
const unseen = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|[\p{Default_Ignorable_Code_Point}\u2800]/gu

/**
 * Writes argv for somebody who is to approve it: whole, each word apart, and so that two different ones never look alike.
 * It is what bash would read back; a word with characters that cannot be seen stands in $'…'.
 */
export function shownArgv(argv: readonly string[]): string {
  return argv.map(shownWord).join(' ')
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
