import type { ShellAccess, ShellAsk } from '../../../api/kinds/access/shell-access.ts'
import { denied, type Deny } from '../../decision.ts'
import type { AccessRules } from '../access-rules.ts'
import { needOfPods } from '../author-need.ts'
import { say } from '../../text/sentence.ts'
import type { ExecScope } from '../exec/exec-scope.ts'
import { askedResources } from './asked-amounts.ts'

// The pod belongs to the requestor: they may do anything in it, and read its output.
const shellScope: ExecScope = { commands: undefined, stdin: true, tty: true, subresources: ['log'] }

/** The rules of a new pod for the requestor. */
export const shellRules: AccessRules<'shell'> = {
  pod: 'own',
  enteredBy: 'requestor',
  beyond: beyondShell,
  briefly: ({ from }) => (from ? say`shell ${from.kind}/${from.name}` : 'shell of its own'),
  workload: ({ from }) => from && { field: 'spec.access.shell.from', ref: from },
  findings: (offered, look) => look(offered),
  mayBringDangers: true,
  needs: (_offered, namespace) => [needOfPods('create', undefined, namespace)],
  scope: () => shellScope,
  // The pod has a name only once it is made.
  namedPod: () => undefined,
  facts: ({ resources = {} }) => ({
    resources: Object.fromEntries(Object.entries(resources).map(([name, amount]) => [name, String(amount)])),
  }),
  outlivesItsPod: ({ replace }) => replace === 'OnFailure',
}

function beyondShell(asked: ShellAsk, { limits }: ShellAccess, name: string): Deny | undefined {
  const resources = askedResources(asked, limits)
  return resources.ok ? undefined : denied('E_TEMPLATE_BEYOND', `${name}: ${resources.problems.join('; ')}`)
}
