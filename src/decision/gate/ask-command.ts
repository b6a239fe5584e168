import { maxArguments } from '../../api/kinds/access/exec-access.ts'
import type { Attach, Exec, PodEntry } from './entry.ts'
import { shellWords } from '../text/argv.ts'

// The rule of Kubernetes. A review holds anything that the user typed.
const containerName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** The terms of an access that the user is told to ask for. */
interface Terms {
  /** True if it is to be for one use. */
  readonly once?: boolean
}

/**
 * Says how to get the access that the user tried: a sentence, and a command on a line of its own. The command works as
 * it is printed: it asks for the reason. Where it can, it also waits for the access, and does what was tried.
 */
export function howToAsk(entry: PodEntry, { once = false }: Terms = {}): string {
  const place = shellWords([entry.name, '-n', entry.namespace])
  if (place === undefined) return noSuchPod
  const end = once ? [' --once'] : []
  switch (entry.way) {
    case 'pods/exec':
      return howToExec(entry, [place, ...sessionFlags(entry), ...end].join(''))
    case 'pods/attach':
      return askFirst([place, ...sessionFlags(entry), ...end, ' --subresource attach'].join(''))
    case 'pods/portforward':
      // kubectl names the ports only in its streams, which no review shows. So the user must repeat the command.
      return askFirst([place, ...end, ' --subresource portforward'].join(''))
    case 'pods/ephemeralcontainers':
      return `A debug container needs a template that offers it, or an exemption in Sallyport's config. See the templates:\n${templatesCommand(entry) ?? ''}`
  }
}

/**
 * Says how to reach a port of a pod by a port-forward.
 * @param port a number, or the name of a port; if it is neither, the user is told only how to ask
 */
export function howToForward(
  namespace: string,
  { name, port }: { readonly name: string; readonly port: string },
): string {
  const place = shellWords([name, '-n', namespace])
  if (place === undefined) return noSuchPod
  if (!portText.test(port)) return howToAsk({ way: 'pods/portforward', namespace, name })
  // The local port is a free one: that of the pod may be taken, or be for root only.
  return `Ask, and go in:\nkubectl access port-forward ${place} :${port}`
}

const noSuchPod = 'No pod can have such a name.'
const portText = /^[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/

/**
 * The command that shows which templates a namespace has. Undefined without a namespace, or with a name that is not
 * safe to paste: a review holds anything that the user typed.
 */
export function templatesCommand({ namespace }: { readonly namespace: string | undefined }): string | undefined {
  const place = namespace === undefined ? undefined : shellWords([namespace])
  return place && `kubectl access templates -n ${place}`
}

function howToExec(entry: Exec, args: string): string {
  const argv = entry.command.length <= maxArguments ? shellWords(entry.command) : undefined
  // An empty argv means that the request is for any command.
  if (!argv) {
    const sentence = 'This command cannot be asked for word by word. Ask for any command, and then try again:'
    return `${sentence}\nkubectl access request exec ${args}`
  }
  return isPiped(entry) ? askFirst(`${args} -- ${argv}`) : `Ask, and go in:\nkubectl access exec ${args} -- ${argv}`
}

/**
 * True if another program gives the command its input, or reads its output: a pipe, or `kubectl cp`. The gate sees only
 * the command in the pod, so nobody could print all that must run again.
 */
function isPiped({ command, stdin, tty }: Exec): boolean {
  return (stdin && !tty) || command.slice(0, 3).join(' ') === 'tar cf -'
}

function askFirst(args: string): string {
  return `Ask for it, and then try again:\nkubectl access request exec ${args}`
}

function sessionFlags({ container, stdin, tty }: Exec | Attach): readonly string[] {
  return [
    ...(containerName.test(container) ? [` -c ${container}`] : []),
    ...(stdin ? [' -i'] : []),
    ...(tty ? [' -t'] : []),
  ]
}
