import { accessOf } from '../../api/accesses.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { TemplateRef } from '../../api/kinds/access-request-spec.ts'
import type { ExecAccess } from '../../api/kinds/access/exec-access.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { matchCommands } from '../../decision/command/match-command.ts'
import { scopeOf } from '../../decision/kinds/access-kinds.ts'
import type { ExecScope } from '../../decision/kinds/exec/exec-scope.ts'
import { isFinished, isGranted } from '../../decision/phase.ts'
import { templateAmong } from '../../decision/template.ts'
import { isSameTemplate } from '../request/asked-request.ts'
import { oldestFirst } from '../request/request-times.ts'
import type { Wanted } from './coverage.ts'
import type { FoundPod } from './find-pod.ts'
import { isTargetOf } from './where-it-runs.ts'

/** A request of the user's own that gives what is wanted, or will. */
export interface OwnAccess {
  readonly request: AccessRequest
  readonly ask: ExecAccess
}

interface Sought extends Wanted, FoundPod {
  /** True if a granted access does not help any more. */
  readonly isSpent: boolean
  /** The template that the user named. Then a request that is not under it does not help. */
  readonly under?: TemplateRef | undefined
}

/**
 * Finds a request that need not be made again. One that is granted comes first, and then the newest.
 * @param requests those of the user in the namespace
 * @param templates the templates of the namespace by templateKey
 */
export function ownAccess(
  requests: readonly AccessRequest[],
  templates: ReadonlyMap<string, AnyTemplate>,
  sought: Sought,
): OwnAccess | undefined {
  return requests
    .filter((request) => isLive(request, sought) && isUnder(request, sought) && isForPod(request, sought))
    .flatMap((request) => {
      const scope = scopeOf(request.spec, templateAmong(request.spec, templates))
      const ask = sought.asks.find((one) => scope && allows(scope, one, sought.image) && fitsContainer(request, one))
      return ask ? [{ request, ask }] : []
    })
    .toSorted((a, b) => order(a.request, b.request))
    .at(-1)
}

function isLive(request: AccessRequest, { isSpent }: Sought): boolean {
  return !isFinished(request) && !request.spec.revoked && !(isSpent && isGranted(request.status))
}

function isUnder({ spec: { templateRef } }: AccessRequest, { under }: Sought): boolean {
  return !under || isSameTemplate(templateRef, under)
}

function order(one: AccessRequest, other: AccessRequest): number {
  return Number(isGranted(one.status)) - Number(isGranted(other.status)) || oldestFirst(one, other)
}

function isForPod({ spec, status }: AccessRequest, { where, pods }: FoundPod): boolean {
  const { pod = podOf(spec), workload } = status?.target ?? {}
  if (pod !== undefined && pods.includes(pod)) return true
  return where.is === 'workload' && workload !== undefined && isTargetOf(workload, where)
}

function podOf(spec: AccessRequest['spec']): string | undefined {
  const access = accessOf(spec)
  return access?.name === 'exec' ? access.asked.pod : undefined
}

/** A way that is not into a container needs none. */
function fitsContainer({ status }: AccessRequest, { container, command, debug }: ExecAccess): boolean {
  const target = status?.target?.container
  return (!command && !debug) || container === undefined || target === undefined || target === container
}

/** True if an access lets in all of an ask. */
function allows(scope: ExecScope, ask: ExecAccess, image: string | undefined): boolean {
  const { command, subresources = [], debug } = ask
  if (debug) return scope.debug?.images.some((one) => one === image) ?? false
  const isListed = subresources.every((one) => scope.subresources.includes(one))
  return isListed && (!command || allowsCommand(scope, { ...ask, command }))
}

function allowsCommand(
  { commands, stdin, tty }: ExecScope,
  asked: ExecAccess & { readonly command: readonly string[] },
): boolean {
  const isOffered = !commands || matchCommands(commands, asked.command).matches
  return isOffered && (stdin || !asked.stdin) && (tty || !asked.tty)
}
