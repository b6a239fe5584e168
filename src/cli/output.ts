import { printableWhole } from '../api/printable.ts'

/** Text of several lines: what is asked for and what came of it. Values in it must be printable already. */
export function tell(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** As tell, for what is wrong or needs attention. */
export function warn(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** A text of others, such as a Status message: its lines stay lines, all else that a terminal would obey is escaped. */
export function printableLines(text: string): string {
  return text.split('\n').map(printableWhole).join('\n')
}
