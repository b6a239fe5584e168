import type { PodSubresource } from '../../api/kinds/exec-access.ts'
import { cut } from '../../api/printable.ts'
import { scopeOf } from '../../decision/kinds/access-kinds.ts'
import type { ExecScope } from '../../decision/kinds/exec/exec-scope.ts'
import { commandText } from '../../decision/text/argv.ts'
import { say } from '../../decision/text/sentence.ts'
import type { RequestFacts } from '../facts/request-facts.ts'

// The summary is a cell of a table. An approver sees the whole command in the request.
const maxCommand = 120

/** The verbs of kubectl that use these subresources. */
const verbs: Readonly<Record<PodSubresource, string>> = { attach: 'attach', portforward: 'port-forward', log: 'logs' }

/** Says in one line what runs, and where: `exec web-0/app: cat /etc/hostname`. */
export function execSummary({ request: { spec, status }, template }: RequestFacts): string {
  const scope = scopeOf(spec, template)
  const pod = status?.target?.pod ?? spec.exec?.pod ?? offeredPods(template)
  const container = status?.target?.container ?? spec.exec?.container
  const inContainer = container === undefined ? pod : say`${pod}/${container}`
  const besides = (scope?.subresources ?? []).map((one) => verbs[one]).join(', ')
  if (scope?.commands?.length === 0) return `${besides} ${pod}`
  const verb = spec.exec?.debug ? 'exec and debug' : 'exec'
  const more = besides === '' ? '' : ` (and ${besides})`
  return `${verb} ${inContainer}: ${commandsText(scope?.commands)}${flagsOf(scope)}${more}`
}

function offeredPods(template: RequestFacts['template']): string {
  const target = template?.spec.access.exec?.target
  return target ? say`${target.kind}/${target.name}` : 'a pod'
}

function commandsText(commands: ExecScope['commands']): string {
  if (!commands) return 'ANY COMMAND'
  const [first = [], ...others] = commands
  return briefCommand(first) + (others.length === 0 ? '' : `, or ${others.length} others`)
}

/** Writes a command as a shell reads it, if that is safe. No character can pass for another. */
function briefCommand(argv: readonly string[]): string {
  return cut(commandText(argv), maxCommand)
}

function flagsOf(scope: ExecScope | undefined): string {
  const letters = `${scope?.stdin ? 'i' : ''}${scope?.tty ? 't' : ''}`
  return letters === '' ? '' : ` -${letters}`
}
