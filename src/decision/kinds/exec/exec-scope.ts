import type { ExecAccess, PodSubresource } from '../../../api/kinds/access/exec-access.ts'
import type { ExecTemplate } from '../../../api/kinds/access/exec-template.ts'
import { readCommands, type Command } from '../../command/command.ts'
import { say } from '../../text/sentence.ts'
import type { TaskTerms } from '../task/task-command.ts'

/** The actions that an access allows in its container. */
export interface ExecScope {
  /** The allowed commands. Undefined: any command. Empty: none, only subresources. */
  readonly commands: readonly Command[] | undefined
  readonly stdin: boolean
  readonly tty: boolean
  readonly subresources: readonly PodSubresource[]
  /** The debug containers that may be added. Left out if none may. */
  readonly debug?: DebugOffer
  /** The task that Sallyport itself runs. Left out if there is none. */
  readonly taskTerms?: TaskTerms
}

/** The debug containers that a template allows. */
export type DebugOffer = NonNullable<ExecTemplate['debug']>

/**
 * The scope of a request for exec. It gives what the request names. If the request names nothing, it gives what the
 * template offers. A request must name debug containers: an approver of one command must not find that any other may
 * run beside it.
 */
export function execScope(
  asked: ExecAccess,
  offered: ExecTemplate | undefined,
  { once }: { readonly once: boolean },
): ExecScope {
  const { stdin = false, tty = false, subresources = offered?.subresources ?? [] } = asked
  const commands = commandsOf(asked, offered)
  return { commands, stdin, tty, subresources, ...(asked.debug && !once && debugScope(offered)) }
}

/** A request that lists subresources and no command runs no command. The command of a request has no holes. */
function commandsOf(asked: ExecAccess, offered: ExecTemplate | undefined): ExecScope['commands'] {
  const { command, subresources = [], debug = false } = asked
  if (command) return [command]
  if (subresources.length > 0 && !debug) return []
  return offered?.commands && readCommands({ commands: offered.commands, holes: offered.holes })
}

function debugScope(offered: ExecTemplate | undefined): Pick<ExecScope, 'debug'> {
  return offered?.debug ? { debug: offered.debug } : {}
}

// Restricted pods may have the first. kubectl debug itself adds the second: it reaches the processes that the container
// sees.
const harmless = ['NET_BIND_SERVICE', 'SYS_PTRACE']

/** Returns the capabilities that reach beyond a pod, such as to its node. */
export function beyondPod(capabilities: readonly string[]): readonly string[] {
  return capabilities.filter((name) => !harmless.includes(name))
}

/** The ways in which the offered debug containers give more than the pod, such as its node. Each is a sentence. */
export function debugDangers(offered: ExecTemplate): readonly string[] {
  const added = beyondPod(offered.debug?.capabilities ?? [])
  return added.length === 0 ? [] : [say`spec.access.exec.debug.capabilities has ${added.join(', ')}`]
}
