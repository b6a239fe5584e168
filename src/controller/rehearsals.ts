import { checkPodTemplate } from '../api/pod-template.ts'
import { isAlreadyExists, KubeApiError } from '../cluster/api-error.ts'
import type { Client } from '../cluster/client.ts'
import type { Clock } from '../cluster/clock.ts'
import type { KubeObject } from '../cluster/resource.ts'
import { resources } from '../cluster/resources.ts'
import { canonicalJson } from '../decision/canonical-json.ts'
import type { Manifest } from '../provision/manifest.ts'
import { isOfDryRun, type Rehearsal } from '../provision/rehearsal.ts'
import { isRefusal } from './refusal.ts'

interface RehearsalsOptions {
  readonly client: Pick<Client, 'tryCreate'>
  readonly steady: Pick<Clock, 'now'>
  /** Has what a pod is for looked at again, after so long. */
  readonly again: (key: string, afterMs: number) => void
  /** How long a pod that was not refused is not tried again while it stays the same. */
  readonly admittedForMs: number
}

/**
 * Dry runs of the creation of pods: before anybody reviews a request, and before a template is called ready. A refused one is tried
 * again, later and later. A look does not try it anew: beside pods that come and go there are many looks a second.
 */
export interface Rehearsals {
  /** @throws KubeApiError where the API server fails: to be asked again */
  rehearse(key: string, pod: Manifest, signal: AbortSignal): Promise<Rehearsal>
  /** Must be called once no pod is to be rehearsed under a key any more. */
  forget(key: string): void
}

interface Rehearsed {
  readonly pod: string
  readonly rehearsal: Rehearsal
  readonly pauseMs: number
  readonly until: number
}

const firstPauseMs = 1_000
const lastPauseMs = 60_000

export function createRehearsals({ client, steady, again, admittedForMs }: RehearsalsOptions): Rehearsals {
  const rehearsed = new Map<string, Rehearsed>()

  return {
    async rehearse(key, manifest, signal) {
      const pod = canonicalJson(manifest)
      const before = rehearsed.get(key)
      if (before?.pod === pod && steady.now() < before.until) {
        // Of several moments for one key a queue keeps the earliest, which may be one of a pod before.
        again(key, before.until - steady.now())
        return before.rehearsal
      }
      const rehearsal = await tried(client, manifest, signal)
      const pauseMs = rehearsal.outcome === 'refused' ? pauseAfter(before) : admittedForMs
      if (pauseMs > 0) {
        rehearsed.set(key, { pod, rehearsal, pauseMs, until: steady.now() + pauseMs })
        again(key, pauseMs)
      } else rehearsed.delete(key)
      return rehearsal
    },
    forget: (key) => {
      rehearsed.delete(key)
    },
  }
}

function pauseAfter(before: Rehearsed | undefined): number {
  return before?.rehearsal.outcome === 'refused' ? Math.min(before.pauseMs * 2, lastPauseMs) : firstPauseMs
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
