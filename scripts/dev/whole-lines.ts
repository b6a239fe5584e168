import type { Readable } from 'node:stream'

/** Hands on each line once it is whole. A process that is killed in the middle of one leaves a piece, which is none. */
export function onWholeLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
}
