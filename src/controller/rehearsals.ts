import type { AccessRequest } from '../api/kinds/access-request.ts'
import { checkPodTemplate } from '../api/pod-template.ts'
import { isAlreadyExists, KubeApiError } from '../cluster/api-error.ts'
import type { Client } from '../cluster/client.ts'
import type { Clock } from '../cluster/clock.ts'
import type { KubeObject } from '../cluster/resource.ts'
import { resources } from '../cluster/resources.ts'
import { canonicalJson } from '../decision/canonical-json.ts'
import { isFinished } from '../decision/phase.ts'
import type { Manifest } from '../provision/manifest.ts'
import { isOfDryRun, type Rehearsal } from '../provision/rehearsal.ts'
import { isRefusal } from './refusal.ts'

interface RehearsalsOptions {
  readonly client: Pick<Client, 'tryCreate'>
  readonly steady: Pick<Clock, 'now'>
  /** Has a request looked at again, after so long. */
  readonly again: (key: string, afterMs: number) => void
}

/**
 * Dry runs of the creation of pods, before anybody reviews a request. A refused one is tried again, later and later.
 * A look does not try it anew: beside pods that come and go there are many looks a second.
 */
export interface Rehearsals {
  /** @throws KubeApiError where the API server fails: to be asked again */
  rehearse(key: string, pod: Manifest, signal: AbortSignal): Promise<Rehearsal>
  /** Must be called at each look at a key, with what the view has of it. */
  seen(key: string, request: AccessRequest | undefined): void
}

interface Waiting {
  readonly pod: string
  readonly rehearsal: Rehearsal
  readonly pauseMs: number
  readonly until: number
}

const firstPauseMs = 1_000
const lastPauseMs = 60_000

export function createRehearsals({ client, steady, again }: RehearsalsOptions): Rehearsals {
  const waiting = new Map<string, Waiting>()

  function wait(key: string, pod: string, rehearsal: Rehearsal): void {
    const before = waiting.get(key)
    const pauseMs = before ? Math.min(before.pauseMs * 2, lastPauseMs) : firstPauseMs
    waiting.set(key, { pod, rehearsal, pauseMs, until: steady.now() + pauseMs })
    again(key, pauseMs)
  }

  return {
    async rehearse(key, manifest, signal) {
      const pod = canonicalJson(manifest)
      const before = waiting.get(key)
      if (before?.pod === pod && steady.now() < before.until) return before.rehearsal
      const rehearsal = await tried(client, manifest, signal)
      if (rehearsal.outcome === 'refused') wait(key, pod, rehearsal)
      else waiting.delete(key)
      return rehearsal
    },
    seen(key, request) {
      if (!request || request.status?.target || isFinished(request)) waiting.delete(key)
    },
  }
}

async function tried(client: RehearsalsOptions['client'], pod: Manifest, signal: AbortSignal): Promise<Rehearsal> {
  try {
    const { metadata, spec }: KubeObject & { readonly spec?: unknown } = await client.tryCreate(
      resources.Pod,
      pod,
      signal,
    )
    const checked = checkPodTemplate({ metadata, spec })
    if (checked.ok) return { outcome: 'admitted', pod: checked.value }
    throw new KubeApiError(`the API server answered a dry run with no pod: ${checked.problems.join('; ')}`)
  } catch (error) {
    const { status = 0, statusMessage: words } = error instanceof KubeApiError ? error : {}
    if (words === undefined || !(isRefusal(status) || isAlreadyExists(error))) throw error
    if (isOfDryRun(status, words)) return { outcome: 'untold', words }
    return { outcome: 'refused', words }
  }
}
