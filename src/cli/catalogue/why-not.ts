import { conditionIn } from '../../api/conditions.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { isOffered } from '../../decision/admission/offer-rules.ts'
import { isNamed, subjectsText } from '../../decision/subject.ts'
import { say } from '../../decision/text/sentence.ts'

/** The user, and the namespace in which they would ask. */
export interface Place {
  readonly me: { readonly username: string; readonly groups?: readonly string[] | undefined }
  readonly namespace: string
  /** The labels of the namespace. Undefined if the user may not read them. */
  readonly labels: Readonly<Record<string, string>> | undefined
}

/** Says why a user cannot use a template in a namespace, a sentence for each reason. None if they can. */
export function whyNotUsable(template: AnyTemplate, { me, namespace, labels }: Place): readonly string[] {
  const { spec, status } = template
  const ready = conditionIn(status, 'Ready')
  return [
    ...(isNamed(me, spec.subjects)
      ? []
      : [say`it is for ` + subjectsText(spec.subjects) + say`, not for ${me.username}`]),
    ...(isOffered(template, namespace, labels ?? {}) ? [] : [notOffered(template, namespace, labels)]),
    ...(ready?.status === 'False' ? [say`it is not ready (${ready.reason}): ${ready.message}`] : []),
  ]
}

function notOffered(template: AnyTemplate, namespace: string, labels: Place['labels']): string {
  const where = template.kind === 'ClusterAccessTemplate' ? ` It is for ${namespacesText(template)}.` : ''
  const unknown = labels ? '' : ' You may not read the labels of the namespace.'
  return say`it is not offered in namespace ${namespace}.` + where + unknown
}

/** Says in words where a ClusterAccessTemplate is offered. */
export function namespacesText({ spec }: Extract<AnyTemplate, { kind: 'ClusterAccessTemplate' }>): string {
  const { matchNames, matchLabels } = spec.namespaces
  const labels = Object.entries(matchLabels ?? {}).map(([key, value]) => say`${key}=${value}`)
  const parts = [
    ...(matchNames ? [say`namespaces ${matchNames.join(', ')}`] : []),
    ...(labels.length > 0 ? [`namespaces with the labels ${labels.join(', ')}`] : []),
  ]
  return parts.join(' that are also ') || 'all namespaces'
}
