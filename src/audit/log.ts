import { pino, type Logger } from 'pino'

export type Log = Logger

// Several times what a node's log collector lags behind; then lines are dropped, and that is told by the gap in ids.
const maxWaitingBytes = 16 * 1024 * 1024

/**
 * Structured lines on stdout: static messages, the facts in fields. JSON escapes every control character.
 *
 * Never synchronous: a reader that stops would stop the gate, and after minutes of waiting exhaust the machine. What is
 * written last before an end must be flushed.
 */
export function createLog(level: 'debug' | 'info' | 'silent' = 'info'): Log {
  const destination = pino.destination({ fd: 1, sync: false, maxLength: maxWaitingBytes })
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
}

/** Resolves when all lines are out; before an exit that does not wait for them. */
export function written(log: Log): Promise<void> {
  return new Promise((resolve) => {
    log.flush(() => {
      resolve()
    })
  })
}
