import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { placeholders } from '../../api/kinds/access-template-spec.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import { shellWords } from '../../decision/text/argv.ts'
import { debugCommand } from '../../decision/gate/debug-entry.ts'
import { scopeOf } from '../../decision/kinds/access-kinds.ts'
import { printableWhole } from '../../api/printable.ts'
import type { RequestFacts } from './request-facts.ts'

/**
 * Returns the message that tells what to type now that the access is ready. It is the template's message, or else the
 * command that was asked for.
 */
export function accessMessage(facts: RequestFacts, target: Target): string {
  const message = facts.template?.spec.accessMessage
  return message === undefined ? commands(facts, target).join('\n') : filled(message, facts.request, target)
}

function commands(facts: RequestFacts, target: Target): readonly string[] {
  const { metadata, spec } = facts.request
  const debug = scopeOf(spec, facts.template)?.debug
  const where = { namespace: metadata.namespace, name: target.pod }
  return [execCommand(facts, target), ...(debug ? [debugCommand(where, debug, target.container)] : [])]
}

/** Returns the same message for roles. Only the API server can say what the roles allow, so the command asks it. */
export function roleMessage({ request, template }: RequestFacts, where: string | undefined): string {
  const message = template?.spec.accessMessage
  if (message !== undefined) return filled(message, request)
  return 'kubectl auth can-i --list' + (where === undefined ? '' : ` -n ${where}`)
}

function filled(message: string, { metadata }: AccessRequest, target?: Target): string {
  const { pod = '', container = '' } = target ?? {}
  const values = { namespace: metadata.namespace, pod, container, request: metadata.name }
  return placeholders.reduce((text, name) => text.replaceAll(`{{${name}}}`, values[name]), printableWhole(message))
}

function execCommand({ request, template }: RequestFacts, { pod, container }: Target): string {
  const { stdin = false, tty = false, commands } = scopeOf(request.spec, template) ?? {}
  const flags = [...(stdin ? ['-i'] : []), ...(tty ? ['-t'] : [])]
  const words = ['kubectl', 'exec', ...flags, pod, '-n', request.metadata.namespace, '-c', container, '--']
  return `${words.join(' ')} ${(commands?.[0] && shellWords(commands[0])) ?? 'COMMAND'}`
}
