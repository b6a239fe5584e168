import { say } from '../../decision/text/sentence.ts'
import { templateChanged } from '../../decision/template.ts'
import type { PodFacts, RequestFacts } from '../facts/request-facts.ts'

/** Returns why the access has lost its template, or the workload of that template. This does not judge its pod. */
export function underpinningsChanged({
  request,
  template,
  workload,
}: RequestFacts & Pick<PodFacts, 'workload'>): string | undefined {
  const { spec, status } = request
  const changed = spec.templateRef && templateChanged(spec.templateRef, status?.template, template)
  if (changed !== undefined) return changed
  const before = status?.target?.workload
  if (!before || before.uid === workload?.uid) return undefined
  return say`${before.kind} ${before.name} ` + (workload ? 'was replaced by another of the same name' : 'is gone')
}
