import type { ExecAccess } from '../../api/kinds/access/exec-access.ts'
import type { ExecTemplate } from '../../api/kinds/access/exec-template.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import type { DebugOffer, ExecScope } from '../../decision/kinds/exec/exec-scope.ts'
import { holeTexts } from '../../decision/command/command-text.ts'
import { readCommands, type Command } from '../../decision/command/command.ts'
import { say } from '../../decision/text/sentence.ts'
import type { Line } from '../output/lines.ts'
import type { AccessDescription } from './access-description.ts'
import { shownCommand } from '../output/shown-command.ts'

export const execDescription: AccessDescription<'exec'> = {
  shownFields: ['pod', 'container', 'command', 'stdin', 'tty', 'subresources', 'debug', 'waitForPod'],
  request: (asked, { target }, scope) => [...linesOfTarget(asked, target), ...linesOfCommand(asked, scope)],
  again: (asked, { target }) => ({ ...asked, ...(target && { pod: target.pod }) }),
  offer: linesOfExec,
  lacks: () => [],
  withValues: (asked) => asked,
  warning({ pod }, scope) {
    if (scope?.commands) return undefined
    const where = pod === undefined ? 'its pod' : `pod ${pod}`
    return say`WARNING: the request names no command, so it asks for ANY COMMAND in ${where}. Approvers see this.`
  },
}

function linesOfTarget(asked: ExecAccess, target: Target | undefined): readonly Line[] {
  if (!target) {
    return [
      ['pod', asked.pod],
      ['waits', asked.waitForPod ? 'for its pod to come' : undefined],
      ['container', asked.container],
    ]
  }
  const { pod, node, container, image, imageID, evictAtEnd } = target
  return [
    ['pod', node === undefined ? pod : `${pod} on node ${node}`],
    ['container', container],
    ['image', image],
    ['image ID', imageID],
    ['afterwards', evictAtEnd ? 'the pod is evicted' : undefined],
  ]
}

function linesOfCommand(asked: ExecAccess, scope: ExecScope | undefined): readonly Line[] {
  const { commands, stdin, tty, subresources = [], debug } = scope ?? {}
  const input = [...(stdin ? ['input'] : []), ...(tty ? ['a terminal'] : [])].join(' and ')
  return [
    ...(commands ?? [undefined]).map(commandLine),
    ...holeTexts(commands ?? []).map((text): Line => ['where', text]),
    ['with', input || undefined],
    ['also', subresources.join(', ') || undefined],
    ...(asked.debug ? [debugLine(debug)] : []),
  ]
}

function commandLine(command: Command | undefined): Line {
  return command ? ['command', shownCommand(command)] : ['command', 'ANY COMMAND', 'loud']
}

function debugLine(offer: DebugOffer | undefined): Line {
  const images = offer ? ` of ${offer.images.join(', ')}` : ''
  const added = offer?.capabilities?.length ? ` with ${offer.capabilities.join(', ')}` : ''
  const user = offer?.runAsUser === undefined ? '' : `, as user ${offer.runAsUser}`
  const group = offer?.runAsGroup === undefined ? '' : `, as group ${offer.runAsGroup}`
  return ['debug', `debug containers${images}${added}${user}${group}, for ANY COMMAND`, 'loud']
}

function linesOfExec({ target, containers, commands, holes, subresources, debug }: ExecTemplate): readonly string[] {
  const offered = commands && readCommands({ commands, holes })
  return [
    `exec into ${target.kind} ${target.name}` + (containers ? `, container ${containers.join(' or ')}` : ''),
    ...(offered ? offered.map((command) => `command ${shownCommand(command)}`) : ['any command']),
    ...holeTexts(offered ?? []).map((text) => `where ${text}`),
    ...(subresources?.length ? [`also ${subresources.join(', ')}`] : []),
    ...(debug ? [`with --debug, debug containers of ${debug.images.join(', ')}`] : []),
  ]
}
