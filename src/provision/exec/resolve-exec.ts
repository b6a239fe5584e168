import type { AccessRequestSpec } from '../../api/kinds/access-request-spec.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import { leftWorkload, targetChanged, targetEnded } from '../../decision/pod/target.ts'
import { resolveTarget, type WantedTarget } from '../../decision/kinds/exec/resolve-target.ts'
import { say } from '../../decision/text/sentence.ts'
import type { FoundTarget, Patience } from '../access-kind.ts'
import type { Unresolved } from '../../decision/kinds/exec/resolve-target.ts'
import type { AccessEnd } from '../facts/finish.ts'
import type { PodFacts, RequestFacts } from '../facts/request-facts.ts'

/** Finds the pod that a request names, or that its template chooses now. */
export function resolveExec(facts: RequestFacts & PodFacts): FoundTarget | Unresolved {
  const { spec, metadata } = facts.request
  const offered = facts.template?.spec.access.exec
  const wanted: WantedTarget = {
    pod: spec.exec?.pod,
    container: spec.exec?.container,
    workload: offered?.target,
    containers: offered?.containers,
    evictAtEnd: offered?.onExpiry?.evict ?? false,
  }
  const resolved = resolveTarget(wanted, metadata.namespace, facts)
  if ('problem' in resolved) return resolved
  const { target, why } = resolved
  return { about: { target }, words: targetText(target, why), conditions: [] }
}

export const soon: Patience = {
  ms: 30_000,
  remedy: 'Ask again when it runs, or let the request wait with --wait-for-pod (spec.exec.waitForPod: true)',
}

/** Returns 30 seconds, so that a wrong name is told soon, unless the request says that its pod is still to come. */
export function patienceOfExec({ exec }: AccessRequestSpec): Patience | undefined {
  return exec?.waitForPod ? undefined : soon
}

/**
 * Returns the target in words. If nobody named the container, the words say why this one was taken, as kubectl does.
 */
export function targetText({ pod, container }: Target, why?: string): string {
  return say`pod ${pod}, container ${container}` + (why === undefined ? '' : ` (no container was named: ${why})`)
}

/** Returns how the found pod has ended or become another. Undefined until then. */
export function podEnd({ request: { status }, pod, isOfWorkload }: RequestFacts & PodFacts): AccessEnd | undefined {
  if (!status?.target) return undefined
  const changed = targetChanged(status.target, pod) ?? leftWorkload(status.target, isOfWorkload)
  if (changed !== undefined) return { phase: 'Failed', message: changed }
  const ended = targetEnded(status.target, pod)
  return ended && { phase: ended.isWell ? 'Completed' : 'Failed', message: ended.why }
}
