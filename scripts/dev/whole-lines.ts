import type { Readable } from 'node:stream'

/**
 * Passes on each line once it is complete. A process that is killed in the middle of a line leaves a piece, which is
 * dropped.
 */
export function onWholeLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
}
