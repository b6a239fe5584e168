import { workloadOf } from './kinds/access-kinds.ts'
import { parseDuration, type Milliseconds } from '../api/duration.ts'
import type { AnyTemplate } from '../api/kinds/access-template.ts'
import { defaultDuration, type AccessRequestSpec, type TemplateRef } from '../api/kinds/access-request-spec.ts'
import type { UsedTemplate } from '../api/kinds/access-request-status.ts'
import type { WorkloadRef } from '../api/kinds/workload-ref.ts'
import { say } from './text/sentence.ts'

/** The key of a template among those that were read for a namespace. */
export function templateKey({ kind, name }: TemplateRef): string {
  return `${kind}/${name}`
}

/** The template that a request names, among those that were read for its namespace. */
export function templateAmong(
  { templateRef }: Pick<AccessRequestSpec, 'templateRef'>,
  templates: ReadonlyMap<string, AnyTemplate | undefined>,
): AnyTemplate | undefined {
  return templateRef && templates.get(templateKey(templateRef))
}

/** The identity of a template that the status of a request notes when the request is taken up. */
export function usedTemplate({ metadata }: AnyTemplate): UsedTemplate {
  return { uid: metadata.uid, generation: metadata.generation }
}

/**
 * Says why the template is no longer the one that the request was taken up under. Undefined while it is. A change of
 * labels does not count.
 */
export function templateChanged(
  ref: TemplateRef,
  used: UsedTemplate | undefined,
  template: AnyTemplate | undefined,
): string | undefined {
  const name = say`${ref.kind} ${ref.name}`
  if (!template || template.metadata.deletionTimestamp !== undefined) return `${name} is gone`
  if (template.metadata.uid !== used?.uid) return `${name} was replaced by another of the same name`
  if (template.metadata.generation !== used.generation) return `${name} was changed`
  return undefined
}

/** The workload that a template is about. Undefined if it is not about a workload. */
export function targetRef({ spec: { access } }: AnyTemplate): WorkloadRef | undefined {
  return workloadOf(access)?.ref
}

/** The longest duration that a template gives, as the template writes it. */
export function longestOf({ spec }: AnyTemplate): string {
  return spec.duration?.max ?? defaultDuration
}

/** Returns for how long a request asks, as somebody wrote it: the request, else its template. */
export function durationText({ duration }: AccessRequestSpec, template: AnyTemplate | undefined): string {
  if (duration !== undefined || !template) return duration ?? defaultDuration
  const asked = template.spec.duration?.default ?? defaultDuration
  const longest = longestOf(template)
  return (parseDuration(asked) ?? 0) <= (parseDuration(longest) ?? 0) ? asked : longest
}

/** The duration that a request asks for, else the default of its template. */
export function askedDuration(spec: AccessRequestSpec, template: AnyTemplate | undefined): Milliseconds {
  return parseDuration(durationText(spec, template)) ?? 0
}
