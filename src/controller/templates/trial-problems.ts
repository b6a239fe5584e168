import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { Client } from '../../cluster/client/client.ts'
import { targetRef } from '../../decision/template.ts'
import { podToRehearse, resolveShell } from '../../provision/shell/resolve-shell.ts'
import { sampleBindings, sampleRequest, type FailedTrial } from '../../provision/template-trial.ts'
import { bindingRefusalText, type BindingRefusal } from '../cleanup/binding-refusal.ts'
import { refusedBinding } from '../cleanup/refused-binding.ts'
import { isRefusal } from '../requests/refusal.ts'
import type { Rehearsals } from '../requests/rehearsals.ts'
import { readShellSource } from '../requests/shell-source.ts'
import type { Tries } from '../requests/tries.ts'
import { workloadOf } from '../views/targets.ts'
import type { Views } from '../views/views.ts'

/** Returns the key of a trial. Neither a key of a template nor the name of a namespace has a space in it. */
export function trialKey(key: string, namespace: string): string {
  return `${key} ${namespace}`
}

export type TrialProblem = Pick<FailedTrial, 'problem' | 'reason'>

/** One trial in one namespace. */
export interface Trial {
  readonly key: string
  readonly template: AnyTemplate
  readonly namespace: string
  readonly signal: AbortSignal
}

/** The means of a trial. */
export interface TrialMeans {
  readonly client: Client
  readonly views: Views
  readonly rehearsals: Rehearsals
  readonly bindings: Tries<BindingRefusal | undefined>
  /** Tells in full what a condition has no room for. */
  readonly log: { warn(fields: object, message: string): void }
  /** Has a template looked at again after this time. */
  readonly again: (key: string, afterMs: number) => void
}

// The fault may be mended in a workload to which another refers. No view tells that.
const retriedAfterMs = 60_000

/** Rehearses a pod for a shell, as it would be made for a request. */
export async function shellProblem(
  { client, views, rehearsals, again }: TrialMeans,
  { key, template, namespace, signal }: Trial,
): Promise<TrialProblem | undefined> {
  const from = targetRef(template)
  const workload = from && workloadOf(views, from, namespace)
  const known = { request: sampleRequest(template, namespace), template, workload }
  const shell = await readShellSource(client, views, known, signal)
  const pod = podToRehearse({ ...known, shell })
  if (!pod) again(key, retriedAfterMs)
  const rehearsal = pod && (await rehearsals.rehearse(trialKey(key, namespace), pod, signal))
  const resolved = resolveShell({ ...known, shell, rehearsal })
  if (!('problem' in resolved)) return undefined
  return { problem: resolved.problem, reason: resolved.isRefused ? 'Refused' : 'Unusable' }
}

/** Tries the bindings, as they would be made for a request. */
export async function roleProblem(
  { client, bindings, log }: TrialMeans,
  { key, template, namespace, signal }: Trial,
): Promise<TrialProblem | undefined> {
  const request = sampleRequest(template, namespace)
  const wanted = sampleBindings(template, request)
  const refused = await bindings.result(trialKey(key, namespace), wanted, async () => {
    const refusal = await refusedBinding(client, wanted, signal)
    if (refusal?.cause && !isRefusal(refusal.cause.status)) throw refusal.cause
    if (refusal?.cause)
      log.warn({ template: key, namespace, err: refusal.cause }, 'a binding of a template was refused')
    return refusal
  })
  if (!refused) return undefined
  const reason = refused.words === undefined ? 'CannotBind' : 'Refused'
  return { problem: bindingRefusalText(refused, request), reason }
}
