import { maxArguments } from '../../api/kinds/exec-access.ts'
import type { PodEntry } from './entry.ts'
import { shellWords } from '../text/argv.ts'

// As Kubernetes has it. In a review stands whatever the user typed.
const containerName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** The command that asks for what was tried. */
export function askCommand(entry: PodEntry): string {
  const target = shellWords([entry.name, '-n', entry.namespace, ...flagsOf(entry)])
  const asked = `kubectl access request exec ${target ?? 'POD -n NAMESPACE'}`
  if (entry.way === 'pods/ephemeralcontainers') return `${asked} --template TEMPLATE --debug --reason "…" -- COMMAND`
  // No argv to show, none that is safe to paste, or one that a request cannot hold.
  const isAskable = entry.way === 'pods/exec' && entry.command.length <= maxArguments
  const argv = isAskable ? shellWords(entry.command) : undefined
  return `${asked} --reason "…" -- ${argv || 'COMMAND'}`
}

function flagsOf(entry: PodEntry): readonly string[] {
  if (entry.way === 'pods/ephemeralcontainers') return []
  if (entry.way === 'pods/portforward') return ['--subresource', 'portforward']
  const { container, stdin, tty } = entry
  return [
    ...(containerName.test(container) ? ['-c', container] : []),
    ...(stdin ? ['--stdin'] : []),
    ...(tty ? ['--tty'] : []),
    ...(entry.way === 'pods/attach' ? ['--subresource', 'attach'] : []),
  ]
}
