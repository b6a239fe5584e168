import { pino, type DestinationStream, type Logger } from 'pino'
import type { Milliseconds } from '../api/duration.ts'

export type Log = Logger

// Several times what a node's log collector lags behind; then lines are dropped, and that is told by the gap in ids.
const maxWaitingBytes = 16 * 1024 * 1024

// For what is written last before an end.
const lastLinesMs: Milliseconds = 1_000

/** Structured lines: static messages, the facts in fields. JSON escapes every control character. */
export function createLog(destination: DestinationStream = openStdout()): Log {
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
}

/**
 * The stdout of this process, for whole lines. It belongs to one thread: two would write into each other's lines.
 *
 * Never synchronous: a reader that stops would stop the gate, and after minutes of waiting exhaust the machine. Only a
 * fatal line and an exit wait for the reader, and not for long.
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
      // Nobody reads: there is nobody to tell.
    }
    waitsUntil = Infinity
  }
  return destination
}
