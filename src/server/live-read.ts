import type { Instant } from '../api/duration.ts'
import { installation } from '../api/installation.ts'
import { accessPassKind } from '../api/kinds/access-pass.ts'
import { KubeApiError } from '../cluster/client/api-error.ts'
import type { Client } from '../cluster/client/client.ts'
import type { ReadinessCheck } from './readiness.ts'

// A readiness probe has a second. The gate cannot decide with an API server that needs longer.
const timeoutMs = 900
// Anybody who reaches the health port may ask as often as they like. This bounds the reads that they cause.
const goodForMs = 1_000

/**
 * Makes the check that a live read succeeds, as the gate does one for each decision. The object need not exist: to
 * learn that, the API server asks etcd, and judges our login and our rights.
 * @param now returns the time of a steady clock in ms
 */
export function liveReadCheck(client: Pick<Client, 'get'>, now: () => Instant): ReadinessCheck {
  let succeededAt = -Infinity
  return {
    name: 'API server',
    async look() {
      if (now() - succeededAt < goodForMs) return undefined
      try {
        const where = { namespace: installation.namespace, name: 'readiness' }
        await client.get(accessPassKind, where, AbortSignal.timeout(timeoutMs))
        succeededAt = now()
        return undefined
      } catch (error) {
        const isAnswer = error instanceof KubeApiError && error.status !== undefined
        return isAnswer ? `it answers a read with ${error.status}` : 'it does not answer'
      }
    },
  }
}
