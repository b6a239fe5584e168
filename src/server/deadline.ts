import type { Milliseconds } from '../api/duration.ts'

/**
 * Runs work for this long, then answers with `late` instead. The signal fires as soon as there is either answer: work
 * that finishes late must check it and have no effects.
 *
 * Fastify's handlerTimeout and request.signal are dead once the body was read (fastify#6725).
 */
export async function withDeadline<T>(
  ms: Milliseconds,
  work: (signal: AbortSignal) => Promise<T>,
  late: () => T,
): Promise<T> {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<T>((resolve) => {
    timer = setTimeout(() => {
      resolve(late())
    }, ms)
  })
  try {
    return await Promise.race([work(controller.signal), deadline])
  } finally {
    clearTimeout(timer)
    controller.abort()
  }
}
