import type { ExecAccess } from '../../../api/kinds/exec-access.ts'
import type { ExecTemplate } from '../../../api/kinds/exec-template.ts'
import { denied, type Deny } from '../../decision.ts'
import { isSameArgv } from '../../text/argv.ts'
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

function beyondCommands({ command }: ExecAccess, { commands }: ExecTemplate, name: string): Deny | undefined {
  if (!command || !commands || commands.some((one) => isSameArgv(one, command))) return undefined
  const offered = commands.map((one) => JSON.stringify(one)).join(', ')
  return denied('E_TEMPLATE_BEYOND', say`${name} offers the command ${offered}, not ${JSON.stringify(command)}`)
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
