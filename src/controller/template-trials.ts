import type { AnyTemplate } from '../api/kinds/access-template.ts'
import type { Client } from '../cluster/client.ts'
import { podToRehearse, resolveShell } from '../provision/resolve-shell.ts'
import { sampleRequest, type FailedTrial } from '../provision/template-trial.ts'
import type { Rehearsals } from './rehearsals.ts'
import { readShellSource } from './shell-source.ts'
import { workloadOf } from './targets.ts'
import type { Views } from './views.ts'

interface TemplateTrialsOptions {
  readonly client: Client
  readonly views: Views
  /** Under the keys of trialKey. */
  readonly rehearsals: Rehearsals
  /** Has a template looked at again, after so long. */
  readonly again: (key: string, afterMs: number) => void
}

/** What would become of a request under a template for shells, as the API server itself says. */
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

// A template for all namespaces of a cluster that refuses its pod in each.
const maxTried = 8
// What is wrong may be mended in a workload that another refers to, of which no view tells.
const retriedAfterMs = 60_000

/** Neither a key of a template nor the name of a namespace has a space in it. */
function trialKey(key: string, namespace: string): string {
  return `${key} ${namespace}`
}

/** The key of the template that was tried. */
export function triedTemplate(trial: string): string {
  return trial.slice(0, trial.indexOf(' '))
}

type Problem = Pick<FailedTrial, 'problem' | 'isRefused'>

export function createTemplateTrials(options: TemplateTrialsOptions): TemplateTrials {
  const { client, views, rehearsals, again } = options
  const rehearsedIn = new Map<string, readonly string[]>()

  async function problemIn(
    namespace: string,
    key: string,
    template: AnyTemplate,
    signal: AbortSignal,
  ): Promise<Problem | undefined> {
    const from = template.spec.access.shell?.from
    const workload = from && workloadOf(views, from, namespace)
    const known = { request: sampleRequest(template, namespace), template, workload }
    const shell = await readShellSource(client, views, known, signal)
    const pod = podToRehearse({ ...known, shell })
    if (!pod) again(key, retriedAfterMs)
    const rehearsal = pod && (await rehearsals.rehearse(trialKey(key, namespace), pod, signal))
    const resolved = resolveShell({ ...known, shell, rehearsal })
    return 'problem' in resolved ? { problem: resolved.problem, isRefused: resolved.isRefused ?? false } : undefined
  }

  function keepOnly(key: string, namespaces: readonly string[]): void {
    const others = (rehearsedIn.get(key) ?? []).filter((one) => !namespaces.includes(one))
    for (const namespace of others) rehearsals.forget(trialKey(key, namespace))
    if (namespaces.length > 0) rehearsedIn.set(key, namespaces)
    else rehearsedIn.delete(key)
  }

  return {
    async failed(key, template, namespaces, signal) {
      const tried = template.spec.access.shell ? namespaces.toSorted().slice(0, maxTried) : []
      keepOnly(key, tried)
      let first: FailedTrial | undefined
      for (const namespace of tried) {
        const problem = await problemIn(namespace, key, template, signal)
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
