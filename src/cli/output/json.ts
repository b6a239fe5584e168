import { unseenIn } from '../../api/printable.ts'

/** Writes a value as JSON for a terminal, too: a character that it would obey, or not show, stands as an escape. */
export function jsonText(value: object): string {
  return JSON.stringify(value, undefined, 2).replace(unseenIn, escapedUnits)
}

/** JSON has an escape for each half of a character beyond U+FFFF. The line breaks of the layout stay. */
function escapedUnits(character: string): string {
  if (character === '\n') return character
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
