import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Proof } from '../api/review/review-call.ts'
import type { Match } from '../api/review/match.ts'
import type { ByteBudget, ByteReservation } from './byte-budget.ts'
import { judgeCaller, type CallerCheck } from './callers/caller-check.ts'
import { refusalOfCaller } from './callers/refusal-of-caller.ts'
import { again, sendRefusal, type CallRefusal, type RefusedCall } from './refusal.ts'

interface DoorOptions {
  readonly callers: readonly CallerCheck[]
  readonly budget: ByteBudget
  readonly onRefusal: (refused: RefusedCall) => void
}

interface Called {
  readonly match: Pick<Match, 'name' | 'path' | 'type'>
  /** The largest body that is read. */
  readonly maxBytes: number
  /** Called when a proven caller went away before it had its answer. */
  readonly onGone: () => void
}

interface Admitted {
  readonly caller: readonly Proof[]
  readonly place: ByteReservation
  isAnswering: boolean
}

/** Lets in the calls of proven callers, as many as fit into memory. It decides before a byte of the body is read. */
export interface Door {
  /** Resolves to the reply that refuses the call, or to undefined if the call may come in. */
  admit(request: FastifyRequest, reply: FastifyReply, called: Called): Promise<FastifyReply | undefined>
  /** Answers a call that was let in; then its place is free. */
  answering<T>(request: FastifyRequest, answer: (caller: readonly Proof[]) => Promise<T>): Promise<T>
  refuse(request: FastifyRequest, reply: FastifyReply, refusal: CallRefusal): FastifyReply
}

export function createDoor({ callers, budget, onRefusal }: DoorOptions): Door {
  const webhooks = new WeakMap<FastifyRequest, string>()
  const admitted = new WeakMap<FastifyRequest, Admitted>()

  function refuse(request: FastifyRequest, reply: FastifyReply, refusal: CallRefusal): FastifyReply {
    const { status, reason, message, err } = refusal
    const told = { status, reason, message, from: request.ip, webhook: webhooks.get(request) }
    onRefusal(err === undefined ? told : { ...told, err })
    return sendRefusal(request, reply, refusal)
  }

  return {
    refuse,
    async admit(request, reply, { match, maxBytes, onGone }) {
      webhooks.set(request, match.name)
      const [path = ''] = request.url.split('?')
      const { headers, socket } = request.raw
      const judged = await judgeCaller(callers, { match, path, headers, socket })
      if (judged.kind !== 'proven') return refuse(request, reply, refusalOfCaller(judged))
      const place = budget.take(bodyBytes(request.headers, maxBytes))
      if (place === undefined) return refuse(request, reply, crowded)
      const call: Admitted = { caller: judged.caller, place, isAnswering: false }
      admitted.set(request, call)
      // A caller may go away in the middle of its body. A call that is being answered stays in memory until it is
      // answered.
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) onGone()
        if (!call.isAnswering) place.release()
      })
      return undefined
    },
    async answering(request, answer) {
      const call = admitted.get(request)
      if (!call) throw new Error('a call was answered that the door had not let in')
      call.isAnswering = true
      try {
        return await answer(call.caller)
      } finally {
        call.place.release()
      }
    },
  }
}

const crowded = again('crowded', 'Sallyport has no memory for another review now; try again.')

/** Returns the length that the caller tells. If it tells none, returns the most that is read. */
function bodyBytes(headers: FastifyRequest['headers'], maxBytes: number): number {
  if (headers['transfer-encoding'] !== undefined) return maxBytes
  return Math.min(Number(headers['content-length'] ?? 0), maxBytes)
}
