import type { AccessRequest } from '../api/kinds/access-request.ts'
import { defaultDuration, type AccessRequestSpec } from '../api/kinds/access-request-spec.ts'
import type { ExecAccess } from '../api/kinds/exec-access.ts'
import type { Target } from '../api/kinds/access-request-status.ts'
import { printableWhole } from '../decision/sentence.ts'
import { shownArgv } from './shown-argv.ts'

/**
 * All that a request asks for, as lines: nothing of it is cut, and no character can pass for another.
 * @param shortened the duration that an approver gives in place of what was asked
 */
export function describeRequest({ metadata, spec, status }: AccessRequest, shortened?: string): string {
  const lines: readonly Line[] = [
    ['request', `${metadata.name} in namespace ${metadata.namespace}`],
    ['who', spec.requestor?.username],
    ...(spec.exec ? linesOfTarget(spec.exec, status?.target) : []),
    ...(spec.exec ? linesOfCommand(spec.exec) : []),
    ...linesOfTerms(spec, shortened),
    ...linesOfTheUnknown(spec),
    ['phase', status?.phase],
    ['digest', status?.shortDigest],
  ]
  return lines
    .flatMap(([title, value]) => (value === undefined ? [] : [`  ${`${title}:`.padEnd(12)}${printableWhole(value)}`]))
    .join('\n')
}

type Line = readonly [title: string, value: string | undefined]

function linesOfTarget({ pod, container }: ExecAccess, target: Target | undefined): readonly Line[] {
  return [
    ['pod', target?.node === undefined ? pod : `${pod} on node ${target.node}`],
    ['container', target?.container ?? container],
    ['image', target?.image],
    ['image ID', target?.imageID],
  ]
}

function linesOfCommand({ command, stdin, tty, subresources, debug }: ExecAccess): readonly Line[] {
  const input = [...(stdin ? ['input'] : []), ...(tty ? ['a terminal'] : [])].join(' and ')
  return [
    ['command', command ? shownArgv(command) : 'ANY COMMAND'],
    ['with', input === '' ? undefined : input],
    ['also', subresources?.join(', ')],
    ['debug', debug ? 'debug containers beside it, with ANY COMMAND' : undefined],
  ]
}

function linesOfTerms(spec: AccessRequestSpec, shortened: string | undefined): readonly Line[] {
  const { reason, duration = defaultDuration, startAt, once, revoked, templateRef, attributes } = spec
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

const shownOfSpec = 'exec requestor reason duration startAt once revoked templateRef attributes'.split(' ')
const shownOfExec = 'pod container command stdin tty subresources debug'.split(' ')

/** Fields of a Sallyport that is newer than this program: a digest covers them, so they must be seen. */
function linesOfTheUnknown(spec: AccessRequestSpec): readonly Line[] {
  const unknown = (path: string, fields: object, shown: readonly string[]) =>
    Object.entries(fields)
      .filter(([field]) => !shown.includes(field))
      .map(([field, value]): Line => [`${path}.${field}`, JSON.stringify(value)])
  return [...unknown('spec', spec, shownOfSpec), ...unknown('exec', spec.exec ?? {}, shownOfExec)]
}
