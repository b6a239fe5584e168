import { workloadOf } from './kinds/access-kinds.ts'
import { parseDuration, type Milliseconds } from '../api/duration.ts'
import type { AnyTemplate } from '../api/kinds/access-template.ts'
import { defaultDuration, type AccessRequestSpec, type TemplateRef } from '../api/kinds/access-request-spec.ts'
import type { UsedTemplate } from '../api/kinds/access-request-status.ts'
import type { WorkloadRef } from '../api/kinds/workload-ref.ts'
import { say } from './text/sentence.ts'

/** How a template is found again among those that were read for a namespace. */
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

/** What of a template is noted when a request is taken up. */
export function usedTemplate({ metadata }: AnyTemplate): UsedTemplate {
  return { uid: metadata.uid, generation: metadata.generation }
}

/** Why the template is not any more what the request was taken up under; undefined while it is. A label changes nothing. */
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

/** The workload that a template is about, where it is about one. */
export function targetRef({ spec: { access } }: AnyTemplate): WorkloadRef | undefined {
  return workloadOf(access)?.ref
}

/** The longest that a template gives, as it is written there. */
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

/** For how long a request asks: what it says, else what its template does. */
export function askedDuration(spec: AccessRequestSpec, template: AnyTemplate | undefined): Milliseconds {
  return parseDuration(durationText(spec, template)) ?? 0
}
