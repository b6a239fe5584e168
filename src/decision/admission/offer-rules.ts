import { parseDuration } from '../../api/duration.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { AccessRequestSpec } from '../../api/kinds/access-request-spec.ts'
import type { Identity } from '../../api/kinds/identity.ts'
import { objectionToAttributes } from './attributes.ts'
import { beyondOffer } from '../kinds/access-kinds.ts'
import { denied, type Deny } from '../decision.ts'
import { compilePattern } from '../pattern.ts'
import { say } from '../text/sentence.ts'
import { isNamed, isServiceAccount } from '../subject.ts'
import { longestOf } from '../template.ts'

/** Somebody asks for what a template offers. */
export interface Asking {
  readonly spec: AccessRequestSpec
  readonly requestor: Identity
  readonly namespace: string
  /** Of the namespace; they matter to a ClusterAccessTemplate alone. */
  readonly namespaceLabels: Readonly<Record<string, string>>
}

/**
 * Why this user may not ask without a template; undefined where the user may. A person who may make a token of a service
 * account could ask as the account, and then approve the request as themselves. A template that names the account allows that.
 */
export function objectionToUntemplated(requestor: Pick<Identity, 'username'>): Deny | undefined {
  if (!isServiceAccount(requestor)) return undefined
  const what = say`${requestor.username} is a service account, which asks for nothing by itself`
  return denied('E_REQUEST_SERVICE_ACCOUNT', what)
}

type Rule = (asking: Asking, template: AnyTemplate) => Deny | undefined

/**
 * Why a request may not be made under a template; undefined where it may. Asked twice: at admission, to explain, and by
 * the controller, which trusts nothing else.
 */
export function objectionToAsking(asking: Asking, template: AnyTemplate): Deny | undefined {
  for (const rule of rules) {
    const objection = rule(asking, template)
    if (objection) return objection
  }
  return undefined
}

const rules: readonly Rule[] = [
  ({ requestor }, { kind, metadata, spec }) =>
    isNamed(requestor, spec.subjects)
      ? undefined
      : denied('E_TEMPLATE_NOT_YOURS', say`${kind} ${metadata.name} is not for ${requestor.username}`),
  ({ namespace, namespaceLabels }, template) =>
    isOffered(template, namespace, namespaceLabels)
      ? undefined
      : denied(
          'E_TEMPLATE_NOT_YOURS',
          say`${template.kind} ${template.metadata.name} is not for namespace ${namespace}`,
        ),
  ({ spec }, template) => tooLong(spec, template),
  ({ spec }, template) => wrongReason(spec, template),
  ({ spec }, template) => objectionToAttributes(spec, template),
  ({ spec }, template) => wrongAccess(spec, template),
]

/** Whether a template may be asked for in a namespace. */
export function isOffered(template: AnyTemplate, namespace: string, labels: Asking['namespaceLabels']): boolean {
  if (template.kind === 'AccessTemplate') return template.metadata.namespace === namespace
  const { matchNames, matchLabels = {} } = template.spec.namespaces
  if (matchNames && !matchNames.includes(namespace)) return false
  return Object.entries(matchLabels).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)
}

function tooLong({ duration }: AccessRequestSpec, template: AnyTemplate): Deny | undefined {
  const longest = longestOf(template)
  if (duration === undefined || (parseDuration(duration) ?? Infinity) <= (parseDuration(longest) ?? 0)) return undefined
  const what = say`${template.kind} ${template.metadata.name} gives access for at most ${longest}, and spec.duration is ${duration}`
  return denied('E_TEMPLATE_BEYOND', what)
}

function wrongReason({ reason }: AccessRequestSpec, { kind, metadata, spec }: AnyTemplate): Deny | undefined {
  const { required = false, pattern } = spec.reason ?? {}
  if (reason === undefined) {
    if (!required && pattern === undefined) return undefined
    const like = pattern === undefined ? '' : say`, matching ${pattern}`
    return denied('E_TEMPLATE_REASON', say`${kind} ${metadata.name} demands a reason in spec.reason` + like)
  }
  if (pattern === undefined) return undefined
  const compiled = compilePattern(pattern)
  if ('pattern' in compiled && compiled.pattern.matches(reason)) return undefined
  return denied('E_TEMPLATE_REASON', say`spec.reason does not match ${pattern}, as ${kind} ${metadata.name} demands`)
}

function wrongAccess(spec: AccessRequestSpec, { kind, metadata, spec: { access } }: AnyTemplate): Deny | undefined {
  const template = say`${kind} ${metadata.name}`
  const beyond = beyondOffer(spec, access, template)
  if (beyond !== 'other') return beyond
  const offered = Object.keys(access).join(', ')
  return denied('E_TEMPLATE_BEYOND', `${template} offers ${offered}, and the request asks for something else`)
}
