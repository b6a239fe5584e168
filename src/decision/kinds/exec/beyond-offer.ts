import type { ExecAccess } from '../../../api/kinds/access/exec-access.ts'
import type { ExecTemplate } from '../../../api/kinds/access/exec-template.ts'
import { denied, type Deny } from '../../decision.ts'
import { commandsJson } from '../../command/command-text.ts'
import { readCommands } from '../../command/command.ts'
import { matchCommands, wrongWordsText } from '../../command/match-command.ts'
import { say } from '../../text/sentence.ts'

/** Says why a request for exec goes beyond what its template offers. Undefined if it does not. */
export function beyondExec(asked: ExecAccess, offered: ExecTemplate, name: string): Deny | undefined {
  return (
    beyondContainers(asked, offered, name) ??
    beyondCommands(asked, offered, name) ??
    beyondListed(asked, offered, name) ??
    beyondDebug(asked, offered, name)
  )
}

function beyondContainers({ container }: ExecAccess, { containers }: ExecTemplate, name: string): Deny | undefined {
  if (container === undefined || !containers || containers.includes(container)) return undefined
  return denied('E_TEMPLATE_BEYOND', say`${name} offers container ${containers.join(', ')}, not ${container}`)
}

function beyondCommands({ command }: ExecAccess, { commands, holes }: ExecTemplate, name: string): Deny | undefined {
  if (!command || !commands) return undefined
  const offered = readCommands({ commands, holes })
  const match = matchCommands(offered, command)
  if (match.matches) return undefined
  const what = say`${name} offers the command ${commandsJson(offered)}, not ${JSON.stringify(command)}`
  return denied('E_TEMPLATE_BEYOND', what + wrongWordsText(match.wrong))
}

function beyondListed(asked: ExecAccess, { subresources: offered = [] }: ExecTemplate, name: string): Deny | undefined {
  const more = (asked.subresources ?? []).filter((one) => !offered.includes(one))
  if (more.length === 0) return undefined
  const listed = offered.join(', ') || 'none'
  return denied('E_TEMPLATE_BEYOND', say`${name} does not offer subresource ${more.join(', ')}; it offers ${listed}`)
}

function beyondDebug(asked: ExecAccess, { debug }: ExecTemplate, name: string): Deny | undefined {
  if (!asked.debug || debug) return undefined
  return denied('E_TEMPLATE_BEYOND', `${name} offers no debug containers`)
}
