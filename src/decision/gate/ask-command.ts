import { maxArguments } from '../../api/kinds/exec-access.ts'
import type { Exec, PodEntry } from './entry.ts'
import { shellWords } from '../text/argv.ts'

// The rule of Kubernetes. A review holds anything that the user typed.
const containerName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/**
 * Says how to ask for the access that the user tried: a sentence, and a command on a line of its own. The command works
 * as it is printed: it asks for the reason.
 */
export function howToAsk(entry: PodEntry): string {
  const place = shellWords([entry.name, '-n', entry.namespace])
  if (place === undefined) return 'No pod can have such a name.'
  if (entry.way === 'pods/ephemeralcontainers') {
    return `A debug container needs a template that offers it, or an exemption in Sallyport's config. See the templates:\n${templatesCommand(entry) ?? ''}`
  }
  const asking = `kubectl access request exec ${place}${flagsOf(entry)}`
  if (entry.way !== 'pods/exec') return `Ask for it:\n${asking}`
  const argv = entry.command.length <= maxArguments ? shellWords(entry.command) : undefined
  if (argv) return `Ask for it:\n${asking} -- ${argv}`
  return `This command cannot be asked for word by word. Ask for any command:\n${asking}`
}

/**
 * The command that shows which templates a namespace has. Undefined without a namespace, or with a name that is not
 * safe to paste: a review holds anything that the user typed.
 */
export function templatesCommand({ namespace }: { readonly namespace: string | undefined }): string | undefined {
  const place = namespace === undefined ? undefined : shellWords([namespace])
  return place && `kubectl access templates -n ${place}`
}

function flagsOf(entry: Exclude<PodEntry, { way: 'pods/ephemeralcontainers' }>): string {
  if (entry.way === 'pods/portforward') return ' --subresource portforward'
  const flags = sessionFlags(entry)
  return (entry.way === 'pods/attach' ? [...flags, '--subresource attach'] : flags).map((flag) => ` ${flag}`).join('')
}

function sessionFlags({ container, stdin, tty }: Pick<Exec, 'container' | 'stdin' | 'tty'>): readonly string[] {
  return [
    ...(containerName.test(container) ? [`-c ${container}`] : []),
    ...(stdin ? ['--stdin'] : []),
    ...(tty ? ['--tty'] : []),
  ]
}
