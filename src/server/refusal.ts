import type { FastifyReply, FastifyRequest } from 'fastify'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { statusBody, type RefusalStatus } from './status-body.ts'

/** The reason for which a call is refused before its review is read. */
export type RefusalReason = 'unproven' | 'unchecked' | 'crowded' | 'lifecycle' | 'malformed' | 'failed'

export interface CallRefusal {
  readonly status: RefusalStatus
  readonly reason: RefusalReason
  /** A sentence for the caller. */
  readonly message: string
  /** The API server repeats the call after this many seconds, within its timeout. */
  readonly retryAfter?: number
  /** The cause, only for the log. */
  readonly err?: unknown
}

/** A refused call, as it is told. */
export interface RefusedCall extends Omit<CallRefusal, 'retryAfter'> {
  readonly from: string
  /** The webhook that was called; undefined if the path does not belong to one. A path may hold a secret. */
  readonly webhook: string | undefined
}

/** Refuses a call that is right but comes at the wrong moment. */
export function again(reason: RefusalReason, message: string, err?: unknown): CallRefusal {
  return { status: 503, reason, message, retryAfter: 1, ...(err !== undefined && { err }) }
}

// A body that is under way arrives in a fraction of this time. A caller that sends more slowly may miss the answer.
const lingerMs = 2_000

/**
 * Answers at once, and only then lets go of the connection. A body that is under way is thrown away as it comes. If the
 * connection closed before, it would be reset, and the caller might not read the reason.
 */
export function sendRefusal(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, message, retryAfter }: CallRefusal,
): FastifyReply {
  const body = JSON.stringify(statusBody(status, message))
  return reply
    .code(status)
    .headers({
      connection: 'close',
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
    })
    .send(Readable.from(answerThenLinger(request.raw, body)))
}

async function* answerThenLinger(incoming: FastifyRequest['raw'], body: string): AsyncGenerator<Buffer> {
  yield Buffer.from(body)
  if (incoming.complete || incoming.destroyed) return
  incoming.resume()
  const over = new AbortController()
  const { signal } = over
  await Promise.race([
    once(incoming, 'end', { signal }),
    once(incoming, 'close', { signal }),
    sleep(lingerMs, null, { signal }),
  ]).catch(() => undefined)
  over.abort()
}
