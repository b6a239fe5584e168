import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Proof } from '../../api/review/review-call.ts'
import type { Match } from '../../api/review/match.ts'

/** A call before its body is read. */
export interface IncomingCall {
  /** The webhook that it calls. */
  readonly match: Pick<Match, 'path' | 'type'>
  /** The path that it calls, without a query. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly socket: Socket
}

/** A proof that callers must give. */
export interface CallerCheck {
  readonly proof: Proof
  /** True if the call has the proof. Rejects if that cannot be checked now. */
  readonly holds: (call: IncomingCall) => boolean | Promise<boolean>
}

export type CallerJudged =
  | { readonly kind: 'proven'; readonly caller: readonly Proof[] }
  | { readonly kind: 'unproven'; readonly lacks: Proof }
  /** The check of this proof failed, so it is unknown whether the call has it. */
  | { readonly kind: 'unchecked'; readonly proof: Proof; readonly cause: unknown }

/** Demands every proof from a caller. The check ends at the first missing proof, so cheap proofs come first. */
export async function judgeCaller(checks: readonly CallerCheck[], call: IncomingCall): Promise<CallerJudged> {
  for (const { proof, holds } of checks) {
    try {
      if (!(await holds(call))) return { kind: 'unproven', lacks: proof }
    } catch (cause) {
      return { kind: 'unchecked', proof, cause }
    }
  }
  return { kind: 'proven', caller: checks.map(({ proof }) => proof) }
}
