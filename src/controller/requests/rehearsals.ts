import { fieldsOf } from '../../api/fields.ts'
import { checkPodTemplate } from '../../api/pod-template.ts'
import { isAlreadyExists, KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { resources } from '../../cluster/client/resources.ts'
import { isOfDryRun, type Rehearsal, type Rehearsed } from '../../provision/facts/rehearsal.ts'
import { addContainer } from './add-container.ts'
import { isRefusal } from './refusal.ts'
import { createTries, type Tries, type TriesOptions } from './tries.ts'

interface RehearsalsOptions extends Omit<TriesOptions<Rehearsal>, 'isRefused'> {
  readonly client: Pick<Client, 'tryCreate' | 'call'>
}

/** The dry runs that create pods or add tasks: before anybody reviews a request, and before a template is called ready. */
export interface Rehearsals extends Pick<Tries<Rehearsal>, 'forget'> {
  /**
   * Tries to create a pod, or to add a container to one, in a dry run.
   * @throws KubeApiError if the API server fails: ask again
   */
  rehearse(key: string, what: Rehearsed, signal: AbortSignal): Promise<Rehearsal>
}

export function createRehearsals({ client, ...options }: RehearsalsOptions): Rehearsals {
  const tries = createTries<Rehearsal>({ ...options, isRefused: ({ outcome }) => outcome === 'refused' })
  return {
    rehearse: (key, what, signal) => tries.result(key, what, () => tried(client, what, signal)),
    forget: (key) => {
      tries.forget(key)
    },
  }
}

type DryRuns = RehearsalsOptions['client']

function dryRun(client: DryRuns, what: Rehearsed, signal: AbortSignal): Promise<unknown> {
  if ('creates' in what) return client.tryCreate(resources.Pod, what.creates, signal)
  return addContainer(client, what, { query: { dryRun: 'All' }, signal })
}

async function tried(client: DryRuns, what: Rehearsed, signal: AbortSignal): Promise<Rehearsal> {
  try {
    const { metadata, spec } = fieldsOf(await dryRun(client, what, signal))
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
