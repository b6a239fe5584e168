import type { ExecTemplate } from '../../../api/kinds/access/exec-template.ts'
import type { AccessRules } from '../access-rules.ts'
import { needOfPods, type AuthorNeed } from '../author-need.ts'
import { holeProblems } from '../../command/hole-problems.ts'
import { beyondExec } from './beyond-offer.ts'
import { evictionRight, execRights } from './exec-rights.ts'
import { say } from '../../text/sentence.ts'
import { debugDangers, execScope } from './exec-scope.ts'

/** Commands in a container of a workload. */
export const execRules: AccessRules<'exec'> = {
  pod: 'shared',
  enteredBy: 'requestor',
  beyond: beyondExec,
  briefly: ({ target, debug }) => say`${debug ? 'exec, debug' : 'exec'} ${target.kind}/${target.name}`,
  workload: ({ target }) => ({ field: 'spec.access.exec.target', ref: target }),
  findings: (offered) => ({ problems: problemsOfHoles(offered), dangers: debugDangers(offered) }),
  mayBringDangers: false,
  needs: needsOfExec,
  scope: execScope,
  namedPod: ({ pod }) => pod,
  facts: ({ pod, container, command, stdin = false, tty = false, subresources = [] }) => ({
    ...{ stdin, tty, subresources },
    ...(pod !== undefined && { pod }),
    ...(container !== undefined && { container }),
    ...(command && { command }),
  }),
  outlivesItsPod: () => false,
}

function problemsOfHoles({ commands = [], holes }: ExecTemplate): readonly string[] {
  return holeProblems(
    { commands, holes },
    { holes: 'spec.access.exec.holes', command: (index) => `spec.access.exec.commands[${index}]` },
  )
}

function needsOfExec(exec: ExecTemplate, namespace: string | undefined): readonly AuthorNeed[] {
  const rights = [...execRights(exec), ...(exec.onExpiry?.evict ? [evictionRight] : [])]
  return rights.flatMap(({ subresource, verbs }) => verbs.map((verb) => needOfPods(verb, subresource, namespace)))
}
