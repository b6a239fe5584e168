import { exitCode } from './exit-code.ts'
import { Refusal } from './failure.ts'

/**
 * Does work that Ctrl-C may end. The signal then aborts.
 * @param left says what stays behind, and how to go on or take it back. It is asked when Ctrl-C comes.
 * @throws Refusal with that text after Ctrl-C, or after SIGTERM
 */
export async function interruptible<T>(left: () => string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupted = new AbortController()
  const refusal = Promise.withResolvers<never>()
  const stop = () => {
    const ended = new Refusal(left(), exitCode.interrupted)
    interrupted.abort(ended)
    refusal.reject(ended)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  try {
    return await Promise.race([work(interrupted.signal), refusal.promise])
  } finally {
    process.removeListener('SIGINT', stop)
    process.removeListener('SIGTERM', stop)
  }
}
