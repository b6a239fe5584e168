import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { placeholders } from '../../api/kinds/access-template-spec.ts'
import type { PodSubresource } from '../../api/kinds/access/exec-access.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import { shellWords } from '../../decision/text/argv.ts'
import { debugCommand } from '../../decision/gate/debug-entry.ts'
import { commandText, holeTexts } from '../../decision/command/command-text.ts'
import { withoutHoles } from '../../decision/command/command.ts'
import { scopeOf } from '../../decision/kinds/access-kinds.ts'
import type { ExecScope } from '../../decision/kinds/exec/exec-scope.ts'
import { printableWhole } from '../../api/printable.ts'
import { quoted, say } from '../../decision/text/sentence.ts'
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
  return [
    ...execCommands(facts, target),
    ...(debug ? [debugCommand(where, debug, target.container)] : []),
    ...subresourceCommands(facts, target),
  ]
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

function execCommands({ request, template }: RequestFacts, { pod, container }: Target): readonly string[] {
  const scope = scopeOf(request.spec, template)
  if (scope?.commands?.length === 0) return []
  const command = typed(scope?.commands)
  if (typeof command === 'string') return [say`In container ${container} of pod ${pod}, run ` + quoted(command)]
  const words = ['kubectl', 'exec', ...flagsOf(scope), pod, '-n', request.metadata.namespace, '-c', container, '--']
  // Where any command may run, this shows one that most images have.
  const shown = command && shellWords(command)
  return [`${words.join(' ')} ${shown ?? (scope?.stdin ? 'sh' : 'id')}`]
}

/**
 * Returns the argv of a command that can be typed. Undefined without one, and a text if there is none because each has
 * a hole: nobody may have to guess what stands in it.
 */
function typed(commands: ExecScope['commands'] = []): readonly string[] | string | undefined {
  const [first] = commands
  const argv = commands.map(withoutHoles).find((one) => one !== undefined)
  return argv ?? (first && `${commandText(first)}, where ${holeTexts([first]).join(', and ')}`)
}

/** A template may add subresources that nobody asked for. They are shown where there is nothing else to show. */
function subresourceCommands({ request, template }: RequestFacts, { pod, container }: Target): readonly string[] {
  const scope = scopeOf(request.spec, template)
  if (!scope || (template && scope.commands?.length !== 0)) return []
  const where = `${pod} -n ${request.metadata.namespace}`
  const commandOf: Readonly<Record<PodSubresource, string>> = {
    attach: ['kubectl attach', ...flagsOf(scope), where, '-c', container].join(' '),
    portforward: `kubectl port-forward ${where} 8080`,
    log: `kubectl logs ${where} -c ${container}`,
  }
  return scope.subresources.map((subresource) => commandOf[subresource])
}

function flagsOf(scope: ExecScope | undefined): readonly string[] {
  return [...(scope?.stdin ? ['-i'] : []), ...(scope?.tty ? ['-t'] : [])]
}
