import { scopeOf } from '../../decision/kinds/access-kinds.ts'
import type { AccessKind } from '../access-kind.ts'
import { ofPod } from '../facts/granted.ts'
import { anyCommand, podProof, podRole } from './exec-objects.ts'
import { execSummary } from './exec-summary.ts'
import { planExec } from './plan-exec.ts'
import { patienceOfExec, podEnd, resolveExec } from './resolve-exec.ts'

/** Commands in a pod that exists already. */
export const execKind: AccessKind = {
  written: 'each',
  resolve: resolveExec,
  looksFor: patienceOfExec,
  madeAfter: () => undefined,
  rehearsed: () => undefined,
  waitsFor: ({ request, template }) => (scopeOf(request.spec, template)?.commands ? '' : anyCommand),
  summary: execSummary,
  beforehand: podRole,
  ended: podEnd,
  leaves: () => undefined,
  plan: ofPod(planExec),
  provenBy: podProof,
  sample: () => ({ asked: { exec: {} } }),
}
