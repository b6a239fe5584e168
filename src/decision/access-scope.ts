import type { ExecAccess } from '../api/kinds/access-request-spec.ts'
import type { Target } from '../api/kinds/access-request-status.ts'
import type { Pod } from '../api/pod.ts'
import { containerNames, containerTheServerTakes, findContainer } from './container.ts'
import { denied, type Deny } from './decision.ts'
import { askFor } from './ask.ts'
import type { Attach, Exec, PodEntry } from './entry.ts'
import { say } from './sentence.ts'

/** What was tried beyond what was asked and approved: another subresource, container or command, input, a terminal. */
export function outOfScope(asked: ExecAccess, target: Target, entry: PodEntry, pod: Pod): Deny | undefined {
  switch (entry.way) {
    case 'pods/exec':
      return wrongContainer(target, entry, pod) ?? wrongCommand(asked, entry) ?? wrongSession(asked, entry)
    case 'pods/attach':
      return notListed('attach', asked, entry) ?? wrongContainer(target, entry, pod) ?? wrongSession(asked, entry)
    case 'pods/portforward':
      return notListed('portforward', asked, entry)
  }
}

function notListed(subresource: Listed, { subresources = [] }: ExecAccess, entry: PodEntry): Deny | undefined {
  if (subresources.includes(subresource)) return undefined
  const what = say`This access to ${podOf(entry)} does not list ${subresource}`
  return denied('E_NOT_LISTED', what, `Ask for one that does:\n${askFor(entry)}`)
}

type Listed = NonNullable<ExecAccess['subresources']>[number]

function wrongContainer(target: Target, entry: Exec | Attach, pod: Pod): Deny | undefined {
  const where = podOf(entry)
  const container = entry.container || containerTheServerTakes(pod)
  if (container === undefined) {
    const what = say`No container is named, and ${where} has ${containerNames(pod)}`
    return denied('E_NO_CONTAINER', what, 'Name one with -c.')
  }
  if (container !== target.container) {
    const what = say`This access is to container ${target.container} of ${where}, not to ${container}`
    return denied('E_NOT_ASKED', what)
  }
  // An exec into what does not run fails behind the gate, and would still be the one use of a `once` request.
  if (findContainer(pod, container)?.running) return undefined
  return denied('E_NO_CONTAINER', say`Container ${container} of ${where} does not run`)
}

function wrongCommand({ command }: ExecAccess, entry: Exec): Deny | undefined {
  if (!command) return undefined
  const { length } = command
  if (length === entry.command.length && command.every((word, index) => word === entry.command[index])) return undefined
  const [asked, tried] = [JSON.stringify(command), JSON.stringify(entry.command)]
  return denied('E_NOT_ASKED', say`This access to ${podOf(entry)} is for the command ${asked}, not for ${tried}`)
}

function wrongSession(asked: ExecAccess, entry: Exec | Attach): Deny | undefined {
  const where = podOf(entry)
  if (entry.stdin && !asked.stdin) {
    return denied(
      'E_NOT_ASKED',
      say`This access to ${where} is without input`,
      'Leave out -i, or ask for stdin as well.',
    )
  }
  if (entry.tty && !asked.tty) {
    return denied(
      'E_NOT_ASKED',
      say`This access to ${where} is without a terminal`,
      'Leave out -t, or ask for tty as well.',
    )
  }
  return undefined
}

function podOf({ namespace, name }: PodEntry): string {
  return `pod ${namespace}/${name}`
}
