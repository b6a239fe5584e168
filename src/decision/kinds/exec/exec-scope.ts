import type { ExecAccess, PodSubresource } from '../../../api/kinds/exec-access.ts'
import type { ExecTemplate } from '../../../api/kinds/exec-template.ts'
import { say } from '../../text/sentence.ts'

/** What may be done in the container of an access. */
export interface ExecScope {
  /** Each the exact argv; undefined: any command. Empty: none, as only subresources were asked for. */
  readonly commands: readonly (readonly string[])[] | undefined
  readonly stdin: boolean
  readonly tty: boolean
  readonly subresources: readonly PodSubresource[]
  /** The debug containers that may be added; undefined: none. */
  readonly debug?: DebugOffer
}

/** What a template allows of a debug container. */
export type DebugOffer = NonNullable<ExecTemplate['debug']>

/**
 * A request for exec gives what it names, and where it names nothing, what its template offers. Debug containers it must name: who
 * approves a command should not find that any other may be run beside it.
 */
export function execScope(
  asked: ExecAccess,
  offered: ExecTemplate | undefined,
  { once }: { readonly once: boolean },
): ExecScope {
  const { command, stdin = false, tty = false, subresources = offered?.subresources ?? [] } = asked
  const commands = command ? [command] : isForSubresources(asked) ? [] : offered?.commands
  return { commands, stdin, tty, subresources, ...(asked.debug && !once && debugScope(offered)) }
}

/** True for a request that lists subresources and no command: it runs none. */
function isForSubresources({ command, subresources = [], debug = false }: ExecAccess): boolean {
  return command === undefined && subresources.length > 0 && !debug
}

function debugScope(offered: ExecTemplate | undefined): Pick<ExecScope, 'debug'> {
  return offered?.debug ? { debug: offered.debug } : {}
}

// What restricted pods may have, and what kubectl debug itself adds: it reaches the processes that the container sees.
const harmless = ['NET_BIND_SERVICE', 'SYS_PTRACE']

/** What of the debug containers that a template offers gives more than the pod, such as its node; sentences. */
export function debugDangers(offered: ExecTemplate): readonly string[] {
  const added = (offered.debug?.capabilities ?? []).filter((name) => !harmless.includes(name))
  return added.length === 0 ? [] : [say`spec.access.exec.debug.capabilities has ${added.join(', ')}`]
}
