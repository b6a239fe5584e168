import type { PodSubresource } from '../../api/kinds/access/exec-access.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import type { Pod } from '../../api/pod.ts'
import { findContainer } from '../pod/container.ts'
import { containerNames, containerTheServerTakes } from '../pod/default-container.ts'
import { denied, type Deny } from '../decision.ts'
import { howToAsk } from './ask-command.ts'
import type { Attach, Exec, PodEntry } from './entry.ts'
import type { ExecScope } from '../kinds/exec/exec-scope.ts'
import { wrongDebug } from './debug-entry.ts'
import { wrongTask } from './task-entry.ts'
import type { TaskRun } from '../kinds/task/task-container.ts'
import { because, endSentence, enterable } from '../pod/enterable.ts'
import { say } from '../text/sentence.ts'
import { commandText } from '../command/command-text.ts'
import { matchCommands, wrongWordsText } from '../command/match-command.ts'
import { argvText, standIn } from '../text/argv.ts'

/** The scope of an access, and the pod that it is for. */
export interface ScopeFacts {
  readonly scope: ExecScope
  readonly target: Target
  readonly pod: Pod
  /** The debug container of this access that the user tries to attach to. */
  readonly debug: { readonly container: string } | undefined
  /** The task of this access, which only Sallyport itself may add. */
  readonly taskRun: TaskRun | undefined
}

/** Denies what goes beyond the approval: another subresource, container or command, input, or a terminal. */
export function outOfScope({ scope, target, pod, debug, taskRun }: ScopeFacts, entry: PodEntry): Deny | undefined {
  switch (entry.way) {
    case 'pods/exec':
      return wrongContainer(target, entry, pod) ?? wrongCommand(scope, entry) ?? wrongSession(scope, entry)
    case 'pods/attach':
      return wrongAttach({ scope, target, pod, debug, taskRun }, entry)
    case 'pods/portforward':
      return notListed('portforward', scope, entry)
    case 'pods/ephemeralcontainers':
      return taskRun ? wrongTask(taskRun, entry) : wrongDebug(scope, target, entry)
  }
}

function wrongAttach({ scope, target, pod, debug }: ScopeFacts, entry: Attach): Deny | undefined {
  // Its owner has input and a terminal in it.
  if (debug?.container === entry.container) return undefined
  return notListed('attach', scope, entry) ?? wrongContainer(target, entry, pod) ?? wrongSession(scope, entry)
}

function notListed(subresource: PodSubresource, { subresources }: ExecScope, entry: PodEntry): Deny | undefined {
  if (subresources.includes(subresource)) return undefined
  const what = say`This access to ${podOf(entry)} does not list ${subresource}`
  return denied('E_NOT_LISTED', what, howToAsk(entry))
}

function wrongContainer(target: Target, entry: Exec | Attach, pod: Pod): Deny | undefined {
  const where = podOf(entry)
  const container = entry.container || containerTheServerTakes(pod)
  if (container === undefined) {
    const what = say`No container is named, and ${where} has ` + containerNames(pod.spec)
    return denied('E_NO_CONTAINER', what, say`This access is to container ${target.container}: name it with -c.`)
  }
  if (container !== target.container) {
    const what = say`This access is to container ${target.container} of ${where}, not to ${container}`
    return denied(
      'E_NOT_ASKED',
      what,
      say`Name it with -c ${target.container}, or make another request. ` + howToAsk(entry),
    )
  }
  return notRunning(target, pod, where)
}

/** An exec into a container that does not run fails behind the gate. It would still use up a `once` request. */
function notRunning(target: Target, pod: Pod, where: string): Deny | undefined {
  const container = findContainer(pod, target.container)
  const what = say`Container ${target.container} of ${where} does not run`
  if (!container) return denied('E_NO_CONTAINER', what)
  const judged = enterable(pod, container)
  if (judged.state === 'running') return undefined
  if (judged.state !== 'ended') return denied('E_NO_CONTAINER', what + because(judged))
  // Only a shell that Sallyport replaces gets here.
  return denied(
    'E_NO_CONTAINER',
    `${what}: ${endSentence(pod, container, judged)}`,
    'Try again when its pod is replaced.',
  )
}

function wrongCommand({ commands }: ExecScope, entry: Exec): Deny | undefined {
  if (!commands) return undefined
  const { command } = entry
  if (commands.length === 0) {
    return denied('E_NOT_ASKED', say`This access to ${podOf(entry)} is not for exec`, howToAsk(entry))
  }
  const match = matchCommands(commands, command)
  if (match.matches) {
    if (!command.some((word) => word.includes(standIn))) return undefined
    const what =
      'The command holds U+FFFD, which also stands for bytes that are not text: the gate cannot tell what would run'
    return denied('E_NOT_ASKED', what, 'Ask for a command without it, such as a script.')
  }
  const allowed = commands.map(commandText).join(' or ')
  const what = say`This access to ${podOf(entry)} is for the command ${allowed}, not for ${argvText(command)}`
  return denied('E_NOT_ASKED', what + wrongWordsText(match.wrong), howToAsk(entry))
}

function wrongSession(scope: ExecScope, entry: Exec | Attach): Deny | undefined {
  const where = podOf(entry)
  if (entry.stdin && !scope.stdin) {
    return denied(
      'E_NOT_ASKED',
      say`This access to ${where} does not include input`,
      `Leave out -i, or make another request. ${howToAsk(entry)}`,
    )
  }
  if (entry.tty && !scope.tty) {
    return denied(
      'E_NOT_ASKED',
      say`This access to ${where} does not include a terminal`,
      `Leave out -t, or make another request. ${howToAsk(entry)}`,
    )
  }
  return undefined
}

function podOf({ namespace, name }: Pick<PodEntry, 'namespace' | 'name'>): string {
  return `pod ${namespace}/${name}`
}
