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

/**
 * From now on this process ends where its output cannot be written: nobody sees any more what is done. Of a pipe whose reader
 * has gone, as `head` does, there is nothing to say.
 */
export function endWithOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (stream === process.stdout && error.code !== 'EPIPE') warn(`The output cannot be written: ${error.message}`)
      process.exit(exitCode.refused)
    })
  }
}

/** What the shell is told. */
export const exitCode = {
  done: 0,
  /** It was refused, failed or ended otherwise than hoped for; a sentence on stderr says why. */
  refused: 1,
  /** The command line makes no sense; nothing was tried. */
  usage: 2,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
