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

/**
 * Returns the pod that an approved request would get. Its conditions tell approvers about the image and the cluster's
 * admission.
 */
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

/**
 * Returns the condition that says whether the shell pod runs exactly the workload's image. Otherwise it runs what the
 * image's name means by then.
 */
function imagePinned(image: Pinned): ConditionState {
  return image.pinned
    ? { status: 'True', reason: 'ByDigest', message: say`it will run ${image.image}` }
    : { status: 'False', reason: 'ByName', message: image.why }
}

/** Returns the condition that says what the cluster's admission changes in the approved pod. */
function admitted(changes: readonly string[]): ConditionState {
  if (changes.length === 0)
    return { status: 'True', reason: 'AsAsked', message: 'the cluster makes the pod as it was asked for' }
  const message = cut(`the cluster's admission ${changes.join('; ')}`, maxMessage)
  return { status: 'True', reason: 'Changed', message }
}

function untold(words: string): ConditionState {
  const message = `no dry run can show how the cluster's admission changes the pod: ${quoted(words)}`
  return { status: 'Unknown', reason: 'NoDryRun', message }
}
