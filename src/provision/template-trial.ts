import { apiVersion } from '../api/kinds/kind.ts'
import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { AnyTemplate } from '../api/kinds/access-template.ts'
import { cut } from '../api/printable.ts'
import { say } from '../decision/text/sentence.ts'
import type { Manifest } from '../api/manifest.ts'
import { kindOffered } from './access-kinds.ts'
import { maxMessage } from './facts/request-plan.ts'
import { roleBindings } from './role/role-objects.ts'

/** The problem that a request under a template would get, in the first namespace where one was tried. */
export interface FailedTrial {
  readonly namespace: string
  readonly problem: string
  /** The reason of condition Ready. With `Refused`, `problem` has the words of the API server. */
  readonly reason: 'CannotBind' | 'Refused' | 'Unusable'
  /** The number of namespaces in which it was tried, each in vain, out of all that are `offered`. */
  readonly tried: number
  readonly offered: number
}

/** Returns a request for no more than a template gives by itself. It is never stored. */
export function sampleRequest(template: AnyTemplate, namespace: string): AccessRequest {
  const { kind, metadata } = template
  const { asked, status } = kindOffered(template).sample(template, namespace)
  const { name, uid, resourceVersion, generation, creationTimestamp } = metadata
  return {
    apiVersion,
    kind: 'AccessRequest',
    metadata: { name, namespace, uid, resourceVersion, generation, creationTimestamp },
    spec: { templateRef: { kind, name }, ...asked },
    ...(status && { status }),
  }
}

/** Returns the bindings of a sample request, as if the template's author had asked. */
export function sampleBindings({ spec: { author } }: AnyTemplate, sample: AccessRequest): readonly Manifest[] {
  return roleBindings(sample, sample.status?.bindings ?? [], author?.username ?? 'nobody')
}

/** Returns why the template is not ready, in the words that a request would get. */
export function trialText(template: AnyTemplate, { reason, namespace, problem, tried, offered }: FailedTrial): string {
  // This text begins with the remedy, and names the namespace itself.
  if (template.kind === 'AccessTemplate' || reason === 'CannotBind') return cut(problem, maxMessage)
  const rest = tried < offered ? `, tried in ${tried} of ${offered} namespaces: ` : ': '
  return cut(say`in ${namespace}` + rest + problem, maxMessage)
}
