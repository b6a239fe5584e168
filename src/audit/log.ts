import { pino, type Logger } from 'pino'

export type Log = Logger

/** Structured lines on stdout: static messages, the facts in fields. JSON escapes every control character. */
export function createLog(level: 'debug' | 'info' | 'silent' = 'info'): Log {
  // Synchronous: a line that a crash would lose is the one that is needed.
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 1, sync: true }))
}
