import { checkPodTemplate } from '../../api/pod-template.ts'
import { isAlreadyExists, KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import type { Manifest } from '../../api/manifest.ts'
import { isOfDryRun, type Rehearsal } from '../../provision/facts/rehearsal.ts'
import { isRefusal } from './refusal.ts'
import { createTries, type Tries, type TriesOptions } from './tries.ts'

interface RehearsalsOptions extends Omit<TriesOptions<Rehearsal>, 'isRefused'> {
  readonly client: Pick<Client, 'tryCreate'>
}

/** The dry runs that create pods: before anybody reviews a request, and before a template is called ready. */
export interface Rehearsals extends Pick<Tries<Rehearsal>, 'forget'> {
  /**
   * Tries to create a pod in a dry run.
   * @throws KubeApiError if the API server fails: ask again
   */
  rehearse(key: string, pod: Manifest, signal: AbortSignal): Promise<Rehearsal>
}

export function createRehearsals({ client, ...options }: RehearsalsOptions): Rehearsals {
  const tries = createTries<Rehearsal>({ ...options, isRefused: ({ outcome }) => outcome === 'refused' })
  return {
    rehearse: (key, pod, signal) => tries.result(key, pod, () => tried(client, pod, signal)),
    forget: (key) => {
      tries.forget(key)
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
    throw new KubeApiError(`the API server answered a dry run without a pod: ${checked.problems.join('; ')}`)
  } catch (error) {
    const { status = 0, statusMessage: words } = error instanceof KubeApiError ? error : {}
    if (words === undefined || !(isRefusal(status) || isAlreadyExists(error))) throw error
    if (isOfDryRun(status, words)) return { outcome: 'untold', words }
    return { outcome: 'refused', words }
  }
}
