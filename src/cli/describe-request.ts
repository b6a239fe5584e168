import type { AccessRequest } from '../api/kinds/access-request.ts'
import { defaultDuration, type AccessRequestSpec } from '../api/kinds/access-request-spec.ts'
import type { ExecAccess } from '../api/kinds/exec-access.ts'
import type { AccessRequestStatus, Target, UsedTemplate } from '../api/kinds/access-request-status.ts'
import type { AnyTemplate } from '../api/kinds/access-template.ts'
import type { Binding } from '../api/kinds/role-access.ts'
import type { ShellAsk } from '../api/kinds/shell-access.ts'
import { scopeOf } from '../decision/kinds/access-kinds.ts'
import type { DebugOffer } from '../decision/kinds/exec/exec-scope.ts'
import { bindingText } from '../decision/kinds/role/role-bindings.ts'
import { printableWhole } from '../api/printable.ts'
import { shownArgv } from './shown-argv.ts'

/**
 * All that a request asks for, as lines: nothing of it is cut, and no character can pass for another.
 */
export function describeRequest({ metadata, spec, status }: AccessRequest, known: Known = {}): string {
  const lines: readonly Line[] = [
    ['request', `${metadata.name} in namespace ${metadata.namespace}`],
    ['who', spec.requestor?.username],
    ...linesOfAccess(spec, status ?? {}, known.template),
    ...linesOfTerms(spec, known.shortened),
    ...(known.template ? linesOfTemplate(known.template, status?.template) : []),
    ...linesOfTheUnknown(spec),
    ['phase', status?.phase],
    ['digest', status?.shortDigest],
  ]
  return lines
    .flatMap(([title, value]) => (value === undefined ? [] : [`  ${`${title}:`.padEnd(12)}${printableWhole(value)}`]))
    .join('\n')
}

/** What is known beside the request. */
export interface Known {
  /** The duration that an approver gives in place of what was asked. */
  readonly shortened?: string | undefined
  /** The template that it names, where one may see it. */
  readonly template?: AnyTemplate | undefined
}

type Line = readonly [title: string, value: string | undefined]

function linesOfAccess(
  spec: AccessRequestSpec,
  status: AccessRequestStatus,
  template: AnyTemplate | undefined,
): readonly Line[] {
  const { target, bindings = [] } = status
  if (spec.role) return linesOfRoles(bindings)
  if (spec.exec) return [...linesOfTarget(spec.exec, target), ...linesOfCommand(spec, template)]
  return spec.shell ? linesOfShell(spec.shell, status) : []
}

function linesOfTarget(asked: ExecAccess, target: Target | undefined): readonly Line[] {
  if (!target) {
    return [
      ['pod', asked.pod],
      ['container', asked.container],
    ]
  }
  const { pod, node, container, image, imageID, evictAtEnd } = target
  return [
    ['pod', node === undefined ? pod : `${pod} on node ${node}`],
    ['container', container],
    ['image', image],
    ['image ID', imageID],
    ['afterwards', evictAtEnd ? 'the pod is evicted' : undefined],
  ]
}

function linesOfCommand(spec: AccessRequestSpec, template: AnyTemplate | undefined): readonly Line[] {
  const { commands, stdin, tty, subresources = [], debug } = scopeOf(spec, template) ?? {}
  const input = [...(stdin ? ['input'] : []), ...(tty ? ['a terminal'] : [])].join(' and ')
  return [
    ...(commands ?? [undefined]).map((argv): Line => ['command', argv ? shownArgv(argv) : 'ANY COMMAND']),
    ['with', input || undefined],
    ['also', subresources.join(', ') || undefined],
    ...(spec.exec?.debug ? [debugLine(debug)] : []),
  ]
}

function debugLine(offer: DebugOffer | undefined): Line {
  const images = offer ? ` of ${offer.images.join(', ')}` : ''
  const added = offer?.capabilities?.length ? ` with ${offer.capabilities.join(', ')}` : ''
  const user = offer?.runAsUser === undefined ? '' : `, as user ${offer.runAsUser}`
  const group = offer?.runAsGroup === undefined ? '' : `, as group ${offer.runAsGroup}`
  return ['debug', `debug containers${images}${added}${user}${group}, for ANY COMMAND`]
}

function linesOfShell({ resources }: ShellAsk, { target, conditions = [] }: AccessRequestStatus): readonly Line[] {
  const admitted = conditions.find(({ type }) => type === 'PodAdmitted')
  return [
    ['shell', target === undefined ? 'a pod of its own' : `pod ${target.pod}, container ${target.container}`],
    ['image', target?.image],
    // Who reviews it should know what else the cluster puts into the pod.
    ['admission', admitted?.reason === 'AsAsked' ? undefined : admitted?.message],
    ['resources', resources && JSON.stringify(resources)],
    ['command', 'ANY COMMAND'],
  ]
}

/** What the template says beside the request; `challenges` as they are written, so that none is left out. */
function linesOfTemplate({ metadata, spec }: AnyTemplate, used: UsedTemplate | undefined): readonly Line[] {
  const { challenges = [] } = spec
  const isUsed = used === undefined || (used.uid === metadata.uid && used.generation === metadata.generation)
  return [
    ['author', spec.author?.username],
    ...challenges.map((challenge): Line => ['challenge', JSON.stringify(challenge)]),
    ['changed', isUsed ? undefined : 'the template was changed since this was asked for'],
  ]
}

function linesOfTerms(spec: AccessRequestSpec, shortened: string | undefined): readonly Line[] {
  const { reason, startAt, once, revoked, templateRef, attributes } = spec
  const { duration = templateRef ? 'as long as its template says' : defaultDuration } = spec
  return [
    ['reason', reason],
    ['duration', shortened === undefined ? duration : `${shortened}, shortened from ${duration}`],
    ['begins', startAt],
    ['uses', once ? 'one' : 'any number while it lasts'],
    ['template', templateRef && `${templateRef.kind} ${templateRef.name}`],
    ['attributes', attributes && JSON.stringify(attributes)],
    ['revoked', revoked && `by ${revoked.by?.username ?? 'somebody'}`],
  ]
}

function linesOfRoles(bindings: readonly Binding[]): readonly Line[] {
  if (bindings.length === 0) return [['roles', 'those of the template']]
  return bindings.map((binding) => ['role', bindingText(binding)])
}

const shownOfSpec = 'exec shell role requestor reason duration startAt once revoked templateRef attributes'.split(' ')
const shownOfExec = 'pod container command stdin tty subresources debug'.split(' ')

/** Fields of a Sallyport that is newer than this program: a digest covers them, so they must be seen. */
function linesOfTheUnknown(spec: AccessRequestSpec): readonly Line[] {
  const unknown = (path: string, fields: object, shown: readonly string[]) =>
    Object.entries(fields)
      .filter(([field]) => !shown.includes(field))
      .map(([field, value]): Line => [`${path}.${field}`, JSON.stringify(value)])
  return [
    ...unknown('spec', spec, shownOfSpec),
    ...unknown('exec', spec.exec ?? {}, shownOfExec),
    ...unknown('shell', spec.shell ?? {}, ['resources']),
  ]
}
