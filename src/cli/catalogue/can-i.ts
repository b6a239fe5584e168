import { offerOf } from '../../api/accesses.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import { printableWhole } from '../../api/printable.ts'
import { shellWords } from '../../decision/text/argv.ts'
import { say } from '../../decision/text/sentence.ts'
import { shownFlags } from '../connection/flags.ts'
import { inSession } from '../connection/session.ts'
import { bestChoices, nearOffers } from '../enter/coverage.ts'
import { asksFor } from '../enter/exec.ts'
import { findPod, type FoundPod } from '../enter/find-pod.ts'
import { lookAround, type Surroundings } from '../enter/look-around.ts'
import { ownAccess } from '../enter/own-access.ts'
import { liveShell } from '../enter/shell.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell } from '../output/output.ts'
import { timeOfDay } from '../output/time-of-day.ts'
import { isReady } from '../request/await-request.ts'
import { waitingText } from '../request/await-ready.ts'
import { challengeLine } from '../request/challenge-lines.ts'
import type { CanIExecOptions, CanIShellOptions } from './can-i-verb.ts'
import { whyNotUsable } from './why-not.ts'

/** `can-i exec`: says if the user has an access for a command in a pod, and else how to get it. */
export function canIExec(options: CanIExecOptions): Promise<ExitCode> {
  return inSession(options, async (session) => {
    const [around, found] = await Promise.all([lookAround(session), findPod(session, options, options.place)])
    const container = options.container ?? found.container
    const asks = asksFor(options).map((ask) => ({ ...ask, ...(container !== undefined && { container }) }))
    const wanted = { where: found.where, asks, duration: options.duration, image: undefined }
    const sought = { ...wanted, ...found, isSpent: false }
    const own = ownAccess(around.requests, around.templatesByKey, sought)
    if (own) return tellOwn(own.request, session.flags)
    const [choice] = bestChoices(wanted, around.templates, around.asker)
    const near = choice ? [] : nearOffers(wanted, around.templates, around.asker)
    tell(choice ? offeredBy(choice.template) : [notOffered(found, around), ...near].join(' '))
    const command = execCommand(options, session.namespace)
    if (command !== undefined && (choice || found.where.is !== 'workload')) tell(`Ask, and go in: ${command}`)
    return exitCode.denied
  })
}

/** `can-i shell`: says if the user has a pod from a template, and else how to get one. */
export function canIShell({ template: name, ...choice }: CanIShellOptions): Promise<ExitCode> {
  return inSession(choice, async (session) => {
    const around = await lookAround(session)
    const template = around.templates.find(
      ({ metadata, spec }) => metadata.name === name && offerOf(spec.access)?.name === 'shell',
    )
    const { namespace } = session
    if (!template) {
      tell(say`No. You may see no template ${name} for a shell in namespace ${namespace}.`)
      return exitCode.denied
    }
    const isOwn = template.kind === 'AccessTemplate'
    const own = await liveShell(session, isOwn ? { template: name } : { clusterTemplate: name })
    if (own) return tellOwn(own, session.flags)
    const why = whyNotUsable(template, around.asker)
    tell(why.length > 0 ? say`No. ${template.kind} ${name}: ` + why.join(' ') : offeredBy(template))
    const flag = isOwn ? '' : '--cluster-template '
    if (why.length === 0) tell(say`Ask, and go in: kubectl access shell ${flag}${name} -n ${namespace}` + session.flags)
    return exitCode.denied
  })
}

function tellOwn(request: AccessRequest, flags: string): ExitCode {
  const { name, namespace } = request.metadata
  if (!isReady(request)) {
    tell(say`No, not yet: your request ${name} ` + `${waitingText(request)}.`)
    tell(say`Wait for it: kubectl access wait ${name} -n ${namespace}` + flags)
    return exitCode.denied
  }
  const end = fromMicroTime(request.status?.expiresAt ?? '')
  tell(say`Yes, by request ${name}` + (end === undefined ? '.' : `, until ${timeOfDay(end, Date.now())}.`))
  return exitCode.done
}

/** Says which template offers it, and what it needs. */
export function offeredBy({ kind, metadata, spec: { challenges = [] } }: AnyTemplate): string {
  const needs = challenges.map(challengeLine).map(([title, value]) => say`${title} ` + printableWhole(value ?? ''))
  return say`No, but ${kind} ${metadata.name} offers it: ` + `${needs.join('; ') || "it needs nobody's approval"}.`
}

function notOffered({ where }: FoundPod, { asker: { me } }: Surroundings): string {
  const none = say`No, and no template offers it to ${me.username}.`
  if (where.is === 'workload') return none
  return `${none} You may ask without a template, if Sallyport's config allows that. An approver must then agree.`
}

/** Returns the command that asks for the access and uses it. Undefined if it cannot be typed. */
function execCommand(options: CanIExecOptions, namespace: string): string | undefined {
  const { place, container, stdin, tty, duration, command } = options
  return shellWords([
    ...['kubectl', 'access', 'exec', place.text, '-n', namespace],
    ...shownFlags(options),
    ...(container === undefined ? [] : ['-c', container]),
    ...(stdin ? ['-i'] : []),
    ...(tty ? ['-t'] : []),
    ...(duration === undefined ? [] : ['--for', duration]),
    ...(command ? ['--', ...command] : []),
  ])
}
