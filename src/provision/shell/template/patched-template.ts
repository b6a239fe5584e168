import type { JsonPatchOperation } from '../../../api/kinds/json-patch.ts'
import { checkPodTemplate, type PodTemplate } from '../../../api/pod-template.ts'
import { fieldsOf } from '../../../api/fields.ts'
import { without } from './fields.ts'
import { applyPatch } from './json-patch.ts'

/** A template that always has labels and annotations, so that a patch can add the first one. They may be empty. */
export type WholeTemplate = PodTemplate & {
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
  }
}

type PatchedTemplate =
  { readonly ok: true; readonly template: WholeTemplate } | { readonly ok: false; readonly problems: readonly string[] }

/**
 * Returns the template after the author's patch. The patch may have put anything there, so the result is checked
 * against the schema.
 */
export function patchedTemplate(template: WholeTemplate, patch: readonly JsonPatchOperation[] = []): PatchedTemplate {
  const patched = applyPatch(template, patch)
  if (!patched.ok) return failed(`mutate.jsonPatch[${patched.at}]: ${patched.problem}`)
  const checked = checkPodTemplate(patched.value)
  if (!checked.ok)
    return { ok: false, problems: checked.problems.map((problem) => `after mutate.jsonPatch, ${problem}`) }
  const { metadata = {}, spec } = checked.value
  const { labels = {}, annotations = {} } = metadata
  const foreign = [
    ...Object.keys(without(fieldsOf(patched.value), ['metadata', 'spec'])),
    ...Object.keys(without(metadata, ['labels', 'annotations'])).map((field) => `metadata.${field}`),
  ]
  if (foreign.length > 0) {
    return failed(`mutate.jsonPatch may set spec, metadata.labels and metadata.annotations, not ${foreign.join(', ')}`)
  }
  return { ok: true, template: { metadata: { labels, annotations }, spec } }
}

function failed(problem: string): PatchedTemplate {
  return { ok: false, problems: [problem] }
}
