import type { PodEntry } from './entry.ts'
import { shellWords } from './argv.ts'

/** The command that asks for what was tried: DESIGN §4. */
export function askFor(entry: PodEntry): string {
  const target = shellWords([entry.name, '-n', entry.namespace, ...flagsOf(entry)])
  const asked = `kubectl access request exec ${target ?? 'POD -n NAMESPACE'}`
  if (entry.way === 'pods/ephemeralcontainers') return `${asked} --template TEMPLATE --debug --reason "…" -- COMMAND`
  // No argv to show, or none that is safe to paste.
  const argv = entry.way === 'pods/exec' ? shellWords(entry.command) : undefined
  return `${asked} --reason "…" -- ${argv || 'COMMAND'}`
}

function flagsOf(entry: PodEntry): readonly string[] {
  if (entry.way === 'pods/ephemeralcontainers') return []
  if (entry.way === 'pods/portforward') return ['--subresource', 'portforward']
  const { container, stdin, tty } = entry
  return [
    ...(container ? ['-c', container] : []),
    ...(stdin ? ['--stdin'] : []),
    ...(tty ? ['--tty'] : []),
    ...(entry.way === 'pods/attach' ? ['--subresource', 'attach'] : []),
  ]
}
