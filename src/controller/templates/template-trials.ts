import { offerOf, type AccessName } from '../../api/accesses.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Clock } from '../../cluster/clock/clock.ts'
import { targetRef } from '../../decision/template.ts'
import { podToRehearse, resolveShell } from '../../provision/shell/resolve-shell.ts'
import { sampleBindings, sampleRequest, type FailedTrial } from '../../provision/template-trial.ts'
import { bindingRefusalText, type Refusal } from '../cleanup/binding-refusal.ts'
import { refusedBinding } from '../cleanup/refused-binding.ts'
import { createRehearsals } from '../requests/rehearsals.ts'
import { isRefusal } from '../requests/refusal.ts'
import { readShellSource } from '../requests/shell-source.ts'
import { workloadOf } from '../views/targets.ts'
import { createTries } from '../requests/tries.ts'
import type { Views } from '../views/views.ts'

interface TemplateTrialsOptions {
  readonly client: Client
  readonly views: Views
  readonly steady: Pick<Clock, 'now'>
  /** Has a template looked at again, after so long. */
  readonly again: (key: string, afterMs: number) => void
}

/** What would become of a request for a shell or for roles under a template, as the API server itself says. */
export interface TemplateTrials {
  /**
   * Tries it in one namespace after the other until it would do.
   * @param namespaces where it is offered, and its target is there
   * @returns undefined where it would do, or there is nothing to try
   * @throws KubeApiError where the API server fails: to be asked again
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
// What is wrong may be mended in a workload that another refers to, of which no view tells.
const retriedAfterMs = 60_000
// The rules of a cluster change seldom. A change of a template or its workload is tried at once.
const goodForMs = 600_000

/** Neither a key of a template nor the name of a namespace has a space in it. */
function trialKey(key: string, namespace: string): string {
  return `${key} ${namespace}`
}

type Problem = Pick<FailedTrial, 'problem' | 'isRefused'>

/** One try in one namespace. */
interface Trial {
  readonly key: string
  readonly template: AnyTemplate
  readonly namespace: string
  readonly signal: AbortSignal
}

export function createTemplateTrials(options: TemplateTrialsOptions): TemplateTrials {
  const { client, views, again, steady } = options
  const kept = {
    steady,
    goodForMs,
    again: (trial: string, afterMs: number): void => {
      again(trial.slice(0, trial.indexOf(' ')), afterMs)
    },
  }
  const rehearsals = createRehearsals({ ...kept, client })
  const bindings = createTries<Refusal | undefined>({ ...kept, isRefused: (refusal) => refusal !== undefined })
  const triedIn = new Map<string, readonly string[]>()

  async function shellProblem({ key, template, namespace, signal }: Trial): Promise<Problem | undefined> {
    const from = targetRef(template)
    const workload = from && workloadOf(views, from, namespace)
    const known = { request: sampleRequest(template, namespace), template, workload }
    const shell = await readShellSource(client, views, known, signal)
    const pod = podToRehearse({ ...known, shell })
    if (!pod) again(key, retriedAfterMs)
    const rehearsal = pod && (await rehearsals.rehearse(trialKey(key, namespace), pod, signal))
    const resolved = resolveShell({ ...known, shell, rehearsal })
    return 'problem' in resolved ? { problem: resolved.problem, isRefused: resolved.isRefused ?? false } : undefined
  }

  async function roleProblem({ key, template, namespace, signal }: Trial): Promise<Problem | undefined> {
    const request = sampleRequest(template, namespace)
    const wanted = sampleBindings(template, request)
    const refused = await bindings.result(trialKey(key, namespace), wanted, async () => {
      const refusal = await refusedBinding(client, wanted, signal)
      if (refusal?.cause && !isRefusal(refusal.cause.status)) throw refusal.cause
      return refusal
    })
    return refused && { problem: bindingRefusalText(refused, request), isRefused: true }
  }

  /** What can be tried of each kind of access. A pod that is there needs no trial. */
  const problems: Readonly<Record<AccessName, (trial: Trial) => Promise<Problem | undefined>>> = {
    exec: () => Promise.resolve(undefined),
    shell: shellProblem,
    role: roleProblem,
  }

  async function problemOf(trial: Trial): Promise<Problem | undefined> {
    const offer = offerOf(trial.template.spec.access)
    return offer && problems[offer.name](trial)
  }

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
        const problem = await problemOf({ key, template, namespace, signal })
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
