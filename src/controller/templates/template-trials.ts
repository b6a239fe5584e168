import { offerOf, type AccessName } from '../../api/accesses.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Clock } from '../../cluster/clock/clock.ts'
import type { FailedTrial } from '../../provision/template-trial.ts'
import type { BindingRefusal } from '../cleanup/binding-refusal.ts'
import { createRehearsals } from '../requests/rehearsals.ts'
import { createTries } from '../requests/tries.ts'
import type { Views } from '../views/views.ts'
import {
  roleProblem,
  shellProblem,
  trialKey,
  type TrialProblem,
  type Trial,
  type TrialMeans,
} from './trial-problems.ts'

interface TemplateTrialsOptions extends Pick<TrialMeans, 'log'> {
  readonly client: Client
  readonly views: Views
  readonly steady: Pick<Clock, 'now'>
  /** Has a template looked at again after this time. */
  readonly again: (key: string, afterMs: number) => void
}

/** The trials of requests for a shell or for roles under a template: the API server itself says what would happen. */
export interface TemplateTrials {
  /**
   * Tries a request in one namespace after the other until it would succeed. Returns undefined then, or if nothing can
   * be tried.
   * @param namespaces where it is offered and its target exists
   * @throws KubeApiError if the API server fails: ask again
   */
  failed(
    key: string,
    template: AnyTemplate,
    namespaces: readonly string[],
    signal: AbortSignal,
  ): Promise<FailedTrial | undefined>
  /** Must be called once a template is gone. */
  forget(key: string): void
}

// A template for all namespaces may be refused in each.
const maxTried = 8
// The rules of a cluster change seldom. A change of a template or its workload is tried at once.
const goodForMs = 600_000

export function createTemplateTrials(options: TemplateTrialsOptions): TemplateTrials {
  const { client, views, again, steady, log } = options
  const kept = {
    steady,
    goodForMs,
    again: (trial: string, afterMs: number): void => {
      again(trial.slice(0, trial.indexOf(' ')), afterMs)
    },
  }
  const rehearsals = createRehearsals({ ...kept, client })
  const bindings = createTries<BindingRefusal | undefined>({ ...kept, isRefused: (refusal) => refusal !== undefined })
  const means: TrialMeans = { client, views, again, log, rehearsals, bindings }
  const triedIn = new Map<string, readonly string[]>()

  function keepOnly(key: string, namespaces: readonly string[]): void {
    const others = (triedIn.get(key) ?? []).filter((one) => !namespaces.includes(one))
    for (const namespace of others) for (const one of [rehearsals, bindings]) one.forget(trialKey(key, namespace))
    if (namespaces.length > 0) triedIn.set(key, namespaces)
    else triedIn.delete(key)
  }

  return {
    async failed(key, template, namespaces, signal) {
      const tried = namespaces.toSorted().slice(0, maxTried)
      keepOnly(key, tried)
      let first: FailedTrial | undefined
      for (const namespace of tried) {
        const problem = await problemOf(means, { key, template, namespace, signal })
        if (!problem) return undefined
        first ??= { namespace, ...problem, tried: tried.length, offered: namespaces.length }
      }
      return first
    },
    forget: (key) => {
      keepOnly(key, [])
    },
  }
}

/** The trial for each kind of access. A pod that exists needs no trial. */
const problems: Readonly<Record<AccessName, (means: TrialMeans, trial: Trial) => Promise<TrialProblem | undefined>>> = {
  exec: () => Promise.resolve(undefined),
  shell: shellProblem,
  role: roleProblem,
  task: () => Promise.resolve(undefined),
}

async function problemOf(means: TrialMeans, trial: Trial): Promise<TrialProblem | undefined> {
  const offer = offerOf(trial.template.spec.access)
  return offer && problems[offer.name](means, trial)
}
