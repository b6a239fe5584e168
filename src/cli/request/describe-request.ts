import { accessNames, accessOf } from '../../api/accesses.ts'
import { accessKinds, accessLines } from '../kinds/access-kinds.ts'
import type { Line } from '../kinds/access-description.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { defaultDuration, type AccessRequestSpec } from '../../api/kinds/access-request-spec.ts'
import type { UsedTemplate } from '../../api/kinds/access-request-status.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { printableWhole } from '../../api/printable.ts'

/** Describes in lines all that a request asks for. Nothing is cut, and no character can look like another. */
export function describeRequest({ metadata, spec, status }: AccessRequest, known: DescriptionContext = {}): string {
  const lines: readonly Line[] = [
    ['request', `${metadata.name} in namespace ${metadata.namespace}`],
    ['who', spec.requestor?.username],
    ...accessLines(spec, status ?? {}, known.template),
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

/** Facts that the request itself does not have. */
export interface DescriptionContext {
  /** The duration that an approver gives in place of the one that was asked for. */
  readonly shortened?: string | undefined
  /** The template that the request names, if the user may see it. */
  readonly template?: AnyTemplate | undefined
}

/** Describes the template. Each challenge is shown as it is written, so that none is left out. */
function linesOfTemplate({ metadata, spec }: AnyTemplate, used: UsedTemplate | undefined): readonly Line[] {
  const { challenges = [] } = spec
  const isUsed = used === undefined || (used.uid === metadata.uid && used.generation === metadata.generation)
  return [
    ['author', spec.author?.username],
    ...challenges.map((challenge): Line => ['challenge', JSON.stringify(challenge)]),
    ['changed', isUsed ? undefined : 'the template was changed after this request was made'],
  ]
}

function linesOfTerms(spec: AccessRequestSpec, shortened: string | undefined): readonly Line[] {
  const { reason, startAt, once, revoked, templateRef, attributes } = spec
  const { duration = templateRef ? "the template's default" : defaultDuration } = spec
  return [
    ['reason', reason],
    ['duration', shortened === undefined ? duration : `${shortened}, shortened from ${duration}`],
    ['begins', startAt],
    ['uses', once ? 'one' : 'unlimited until it ends'],
    ['template', templateRef && `${templateRef.kind} ${templateRef.name}`],
    ['attributes', attributes && JSON.stringify(attributes)],
    ['revoked', revoked && `by ${revoked.by?.username ?? 'somebody'}`],
  ]
}

const shownTerms = 'requestor reason duration startAt once revoked templateRef attributes'.split(' ')

/** Shows the fields of a newer Sallyport. A digest covers them, so the approver must see them. */
function linesOfTheUnknown(spec: AccessRequestSpec): readonly Line[] {
  const unknown = (path: string, fields: object, shown: readonly string[]) =>
    Object.entries(fields)
      .filter(([field]) => !shown.includes(field))
      .map(([field, value]): Line => [`${path}.${field}`, JSON.stringify(value)])
  // No other line shows an access that this program does not understand, such as two at once.
  const shownAccesses = accessOf(spec) ? accessNames : []
  return [
    ...unknown('spec', spec, [...shownAccesses, ...shownTerms]),
    ...shownAccesses.flatMap((name) => unknown(name, spec[name] ?? {}, accessKinds[name].shownFields)),
  ]
}
