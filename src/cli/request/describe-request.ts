import { accessNames, accessOf } from '../../api/accesses.ts'
import { accessKinds, accessLines } from '../kinds/access-kinds.ts'
import { linesText, type Line } from '../output/lines.ts'
import { extendsAnnotation, type AccessRequest } from '../../api/kinds/access-request.ts'
import type { AccessRequestSpec } from '../../api/kinds/access-request-spec.ts'
import type { UsedTemplate } from '../../api/kinds/access-request-status.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { challengeLine } from './challenge-lines.ts'
import { termLines, type TermContext } from './term-lines.ts'

/** Facts that the request itself does not have. */
export interface DescriptionContext extends Omit<TermContext, 'now'> {
  /** The time by the clock of the user's machine; the present if left out. */
  readonly now?: TermContext['now']
  /** More about the requestor, for those who decide. */
  readonly requestor?: readonly Line[]
  /** The approvals that were given so far. */
  readonly approvals?: readonly Line[]
}

/** Describes in text all that a request asks for. Nothing is cut, and no character can look like another. */
export function describeRequest(request: AccessRequest, context: DescriptionContext = {}): string {
  return linesText(requestLines(request, context))
}

function requestLines(
  request: AccessRequest,
  { now = Date.now(), ...known }: DescriptionContext = {},
): readonly Line[] {
  const { spec, status = {} } = request
  return [
    ...linesOfWho(request),
    ...(known.requestor ?? []),
    ...accessLines(spec, status, known.template),
    ...termLines(request, { ...known, now }),
    ...(known.template ? linesOfTemplate(known.template, status.template) : []),
    ...linesOfTheUnknown(spec),
    ['phase', status.phase],
    ...(known.approvals ?? []),
    ['awaits', status.awaits],
    ['digest', status.shortDigest],
  ]
}

function linesOfWho({ metadata, spec: { requestor } }: AccessRequest): readonly Line[] {
  const extended = metadata.annotations?.[extendsAnnotation]
  return [
    ['request', `${metadata.name} in namespace ${metadata.namespace}`],
    // Anybody who may edit the request can write this, and the digest does not cover it.
    ['extends', extended && `${extended}, as its requestor says`],
    ['who', requestor?.username],
  ]
}

/** Describes the template: who wrote it, and each of its challenges. */
function linesOfTemplate({ metadata, spec }: AnyTemplate, used: UsedTemplate | undefined): readonly Line[] {
  const { challenges = [], author } = spec
  const isUsed = used === undefined || (used.uid === metadata.uid && used.generation === metadata.generation)
  return [
    ['author', author && author.username + (author.mayEscalate ? ' (may give more than the workload has)' : '')],
    ...challenges.map(challengeLine),
    ['changed', isUsed ? undefined : 'the template was changed after this request was made', 'loud'],
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
