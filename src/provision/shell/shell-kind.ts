import type { AccessKind } from '../access-kind.ts'
import { anyCommand, podProof, podRole } from '../exec/exec-objects.ts'
import { say } from '../../decision/text/sentence.ts'
import { ofPod } from '../facts/granted.ts'
import { foundShell } from './found-shell.ts'
import { planShell } from './plan-shell.ts'
import { podToRehearse } from './resolve-shell.ts'

/** A pod of the requestor's own, with the RBAC that exec has. */
export const shellKind: AccessKind = {
  written: 'each',
  resolve: foundShell,
  looksFor: () => undefined,
  madeAfter: ({ spec: { access } }) => access.shell,
  rehearsed: podToRehearse,
  waitsFor: () => anyCommand,
  summary: ({ request }) => say`shell ${request.spec.templateRef?.name ?? ''}`,
  beforehand: podRole,
  // Before the approval the pod does not exist. After it, planShell judges the pod.
  ended: () => undefined,
  leaves: () => undefined,
  plan: ofPod(planShell),
  provenBy: podProof,
  sample: () => ({ asked: { shell: {} } }),
}
