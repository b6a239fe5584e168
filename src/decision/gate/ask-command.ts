import { maxArguments } from '../../api/kinds/exec-access.ts'
import type { PodEntry } from './entry.ts'
import { shellWords } from '../text/argv.ts'

// The rule of Kubernetes. A review holds anything that the user typed.
const containerName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** The command that asks for the access that the user tried. */
export function askCommand(entry: PodEntry): string {
  const target = shellWords([entry.name, '-n', entry.namespace, ...flagsOf(entry)])
  const asked = `kubectl access request exec ${target ?? 'POD -n NAMESPACE'}`
  if (entry.way === 'pods/ephemeralcontainers') return `${asked} --template TEMPLATE --debug --reason "…" -- COMMAND`
  // COMMAND stands in for an argv that does not exist, is not safe to paste, or does not fit into a request.
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
