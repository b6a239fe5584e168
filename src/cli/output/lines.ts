import { styleText } from 'node:util'
import { printableWhole } from '../../api/printable.ts'

/**
 * A line of a description: a title and a value. It is left out if it has no value. A loud line tells of a danger. A
 * terminal shows it in red. Its words are in capitals, for those who see no colours.
 */
export type Line = readonly [title: string, value: string | undefined, tone?: 'loud']

const indent = '  '

/** Writes lines for stdout, the values below each other. Nothing is cut, and no character can look like another. */
export function linesText(lines: readonly Line[]): string {
  return lines.flatMap(([title, value, tone]) => (value === undefined ? [] : [lineText(title, value, tone)])).join('\n')
}

function lineText(title: string, value: string, tone: Line[2]): string {
  const text = printableWhole(`${title}:`.padEnd(12) + value)
  return indent + (tone === 'loud' ? styleText(['bold', 'red'], text, { stream: process.stdout }) : text)
}
