import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { PodSubresource } from '../../api/kinds/access/exec-access.ts'
import { cut } from '../../api/printable.ts'
import { scopeOf } from '../../decision/kinds/access-kinds.ts'
import type { ExecScope } from '../../decision/kinds/exec/exec-scope.ts'
import { commandText } from '../../decision/command/command-text.ts'
import type { Command } from '../../decision/command/command.ts'
import { say } from '../../decision/text/sentence.ts'
import type { RequestFacts } from '../facts/request-facts.ts'

// The summary is a cell of a table. An approver sees the whole command in the request.
const maxCommand = 120

/** The verbs of kubectl that use these subresources. */
const verbs: Readonly<Record<PodSubresource, string>> = { attach: 'attach', portforward: 'port-forward', log: 'logs' }

/** Says in one line what runs, and where: `exec web-0/app: cat /etc/hostname`. */
export function execSummary({ request: { spec, status }, template }: RequestFacts): string {
  const { commands, stdin, tty, subresources = [] }: Partial<ExecScope> = scopeOf(spec, template) ?? {}
  const pod = podText(spec, status, template)
  const besides = subresources.map((one) => verbs[one]).join(', ')
  if (commands?.length === 0) {
    const attached = subresources.includes('attach') ? containerText(spec, status) + flagsOf(stdin, tty) : ''
    return `${besides} ${pod}${attached}`
  }
  const verb = spec.exec?.debug ? 'exec and debug' : 'exec'
  const more = besides && ` (and ${besides})`
  const where = pod + containerText(spec, status)
  return `${verb} ${where}: ${commandsText(commands)}${flagsOf(stdin, tty)}${more}`
}

type Spec = AccessRequest['spec']
type Status = AccessRequest['status']

function podText({ exec }: Spec, status: Status, template: RequestFacts['template']): string {
  const name = status?.target?.pod ?? exec?.pod
  if (name !== undefined) return say`${name}`
  const offered = template?.spec.access.exec?.target
  return offered ? say`${offered.kind}/${offered.name}` : 'a pod'
}

function containerText({ exec }: Spec, status: Status): string {
  const name = status?.target?.container ?? exec?.container
  return name === undefined ? '' : say`/${name}`
}

function commandsText(commands: ExecScope['commands']): string {
  if (!commands) return 'ANY COMMAND'
  const [first = [], ...others] = commands
  return briefCommand(first) + (others.length === 0 ? '' : `, or ${others.length} others`)
}

/** Writes a command as a shell reads it, if that is safe. No character can pass for another. */
function briefCommand(command: Command): string {
  return cut(commandText(command), maxCommand)
}

function flagsOf(stdin = false, tty = false): string {
  const letters = `${stdin ? 'i' : ''}${tty ? 't' : ''}`
  return letters === '' ? '' : ` -${letters}`
}
