import { pino, type DestinationStream, type Logger } from 'pino'
import type { Milliseconds } from '../api/duration.ts'

export type Log = Logger

// A node's log collector never lags this far behind. Beyond it, lines are dropped, and a gap in the ids shows it.
const maxWaitingBytes = 16 * 1024 * 1024

// The time for the last lines before the process ends.
const lastLinesMs: Milliseconds = 1_000

/**
 * Returns the log. Its lines are structured: messages are static, and facts are in fields. JSON escapes every control
 * character.
 */
export function createLog(destination: DestinationStream = openStdout()): Log {
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
}

/**
 * Opens the stdout of this process, for whole lines. It belongs to one thread: two threads would write into each
 * other's lines.
 *
 * It is never synchronous: a reader that stops would stop the gate, and minutes of waiting would exhaust the machine.
 * Only a fatal line and an exit wait for the reader, and not for long.
 */
export function openStdout(): DestinationStream {
  let waitsUntil = Infinity
  const retryEAGAIN = (): boolean => performance.now() < waitsUntil
  const destination = pino.destination({ fd: 1, sync: false, maxLength: maxWaitingBytes, retryEAGAIN })
  const flushSync = destination.flushSync.bind(destination)
  destination.flushSync = () => {
    waitsUntil = performance.now() + lastLinesMs
    try {
      flushSync()
    } catch {
      // Nobody reads the log, so there is nobody to tell.
    }
    waitsUntil = Infinity
  }
  return destination
}
