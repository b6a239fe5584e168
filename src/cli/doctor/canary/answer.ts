import { KubeApiError } from '../../../cluster/client/api-error.ts'
import { gateName } from '../rules/gate-differences.ts'

/** The end of a try: the gate stopped it, it came past the gate, or something else was in the way. */
export interface Answer {
  readonly is: 'closed' | 'open' | 'unknown'
  readonly says: string
}

// The gate denies, or it does not answer and the API server refuses.
const byTheGate = [`admission webhook "${gateName}" denied the request`, `failed calling webhook "${gateName}"`]

// These say nothing about the gate: another policy, RBAC, or a server that has too much to do.
const elsewhere = [401, 403, 429]

/** Judges the failure of a try, or undefined if it succeeded. */
export function answerOf(error: unknown): Answer {
  if (error === undefined) return { is: 'open', says: 'the call succeeded' }
  if (!(error instanceof KubeApiError) || error.status === undefined)
    return { is: 'unknown', says: error instanceof Error ? error.message : 'it failed' }
  const says = error.statusMessage ?? error.message
  if (byTheGate.some((text) => says.includes(text))) return { is: 'closed', says }
  return { is: elsewhere.includes(error.status) ? 'unknown' : 'open', says }
}

/** Returns true if RBAC does not know the rights of the canary yet. */
export function isTooEarly({ is, says }: Answer): boolean {
  return is === 'unknown' && / cannot (get|create|update|patch) resource /.test(says)
}
