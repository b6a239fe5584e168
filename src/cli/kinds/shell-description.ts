import { conditionIn } from '../../api/conditions.ts'
import type { AccessRequestStatus } from '../../api/kinds/access-request-status.ts'
import type { ShellAccess, ShellAsk } from '../../api/kinds/access/shell-access.ts'
import type { Line } from '../output/lines.ts'
import type { AccessDescription } from './access-description.ts'

export const shellDescription: AccessDescription<'shell'> = {
  shownFields: ['resources'],
  request: linesOfAsked,
  again: (asked) => asked,
  offer: linesOfOffer,
  lacks: () => [],
  withValues: (asked) => asked,
  warning: () => undefined,
}

function linesOfAsked({ resources }: ShellAsk, status: AccessRequestStatus): readonly Line[] {
  const { target } = status
  const admitted = conditionIn(status, 'PodAdmitted')
  return [
    ['shell', target === undefined ? 'a pod of its own' : `pod ${target.pod}, container ${target.container}`],
    ['image', target?.image],
    // The approver should know what else the cluster puts into the pod.
    ['admission', admitted?.reason === 'AsAsked' ? undefined : admitted?.message],
    ['resources', resources && JSON.stringify(resources)],
    ['command', 'ANY COMMAND', 'loud'],
  ]
}

function linesOfOffer({ from, limits = {} }: ShellAccess): readonly string[] {
  const amounts = Object.entries(limits).map(([resource, amount]) => `${resource} ${amount}`)
  return [
    from ? `a shell pod beside ${from.kind} ${from.name}` : 'a shell pod',
    ...(amounts.length > 0 ? [`up to ${amounts.join(', ')}`] : []),
  ]
}
