import { exitCode } from './exit-code.ts'

/** Prints what was asked for and what came of it, on several lines. Values in it must be printable already. */
export function tell(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Prints what is wrong or needs attention. Values in it must be printable already. */
export function warn(text: string): void {
  process.stderr.write(`${text}\n`)
}

/**
 * Ends this process as soon as its output cannot be written, as then nobody sees what it does. It says nothing about a
 * pipe that has lost its reader, as with `head`.
 */
export function endWithOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (stream === process.stdout && error.code !== 'EPIPE') warn(`The output cannot be written: ${error.message}`)
      process.exit(exitCode.error)
    })
  }
}
