import type { Instant } from '../api/duration.ts'
import type { AnyTemplate } from '../api/kinds/access-template.ts'
import { say } from '../decision/sentence.ts'
import { targetRef } from '../decision/template.ts'
import { withCondition } from './conditions.ts'

/** @param found in how many of the namespaces that a template is for its target is there; undefined: it needs none */
export function templateStatus(
  template: AnyTemplate,
  found: { readonly namespaces: number } | undefined,
  now: Instant,
): NonNullable<AnyTemplate['status']> {
  const { metadata, status } = template
  const target = targetRef(template)
  const exists = !target || !found || found.namespaces > 0
  const message = !target
    ? 'it needs no workload'
    : say`${target.kind} ${target.name} is ` + (exists ? 'there' : 'in none of the namespaces that this is for')
  const held = { status: exists ? 'True' : 'False', reason: exists ? 'Found' : 'NotFound', message } as const
  const targetExists = withCondition(status?.conditions, 'TargetExists', held, now)
  const ready = { ...held, reason: exists ? 'Usable' : 'NoTarget' } as const
  return {
    conditions: withCondition(targetExists, 'Ready', ready, now),
    observedGeneration: metadata.generation,
  }
}
