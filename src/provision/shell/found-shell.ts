import { cut } from '../../api/printable.ts'
import { quoted, say } from '../../decision/text/sentence.ts'
import type { FoundTarget } from '../access-kind.ts'
import type { Unresolved } from '../../decision/kinds/exec/resolve-target.ts'
import { targetText } from '../exec/resolve-exec.ts'
import type { ConditionState } from '../facts/conditions.ts'
import type { ResolveFacts } from '../facts/request-facts.ts'
import { maxMessage } from '../facts/request-plan.ts'
import type { Pinned } from './pinned-image.ts'
import { resolveShell } from './resolve-shell.ts'

/** The pod that an approved request would get, with what approvers should know of its image and of the cluster's admission. */
export function foundShell(facts: ResolveFacts): FoundTarget | Unresolved {
  const resolved = resolveShell(facts)
  if ('problem' in resolved) return resolved
  const { target, image, admission } = resolved
  return {
    about: { target },
    words: targetText(target),
    conditions: [
      { type: 'ImagePinned', held: imagePinned(image) },
      { type: 'PodAdmitted', held: admission.isTold ? admitted(admission.changes) : untold(admission.words) },
    ],
  }
}

/** Whether the shell pod will run just what the workload runs, or what the name of its image means by then. */
function imagePinned(image: Pinned): ConditionState {
  return image.pinned
    ? { status: 'True', reason: 'ByDigest', message: say`it will run ${image.image}` }
    : { status: 'False', reason: 'ByName', message: image.why }
}

/** Whether the pod that is approved is what the cluster makes of it. */
function admitted(changes: readonly string[]): ConditionState {
  if (changes.length === 0)
    return { status: 'True', reason: 'AsAsked', message: 'the cluster makes it as it was asked for' }
  const message = cut(`the cluster's admission ${changes.join('; ')}`, maxMessage)
  return { status: 'True', reason: 'Changed', message }
}

function untold(words: string): ConditionState {
  const message = `what the cluster's admission makes of it, no dry run can show: ${quoted(words)}`
  return { status: 'Unknown', reason: 'NoDryRun', message }
}
