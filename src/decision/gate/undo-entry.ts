import { serviceAccountUser } from '../../api/installation.ts'
import { fieldsOf, isFields } from '../../api/fields.ts'
import { undoRecordName, type AccessRecord } from '../../api/kinds/access-record.ts'
import type { UserInfo } from '../../api/review/admission-review.ts'
import { allowed, denied, type Decision } from '../decision.ts'
import { containerDifferences, taskContainerName, undoContainerName, undoPrefix } from '../kinds/task/task-container.ts'
import { say } from '../text/sentence.ts'
import { changeOf, type Debug, type PodEntry } from './entry.ts'

/** An undo that Sallyport tries, and the name of the record that may let it in. */
export interface TriedUndo {
  readonly entry: Debug
  readonly record: string
}

/** Returns the undo that Sallyport tries to add to a pod. Undefined if the entry is something else. */
export function triedUndo(entry: PodEntry, { username }: UserInfo): TriedUndo | undefined {
  if (entry.way !== 'pods/ephemeralcontainers' || username !== serviceAccountUser) return undefined
  const change = changeOf(entry)
  if (!change.ok || !change.added.name.startsWith(undoPrefix)) return undefined
  return { entry, record: undoRecordName(change.added.name.slice(undoPrefix.length)) }
}

/**
 * Lets in the container that undoes a task, also after the access has ended and its request is gone. It must be exactly
 * the one that was noted before the task began, in the pod of that task.
 */
export function decideUndo({ entry }: TriedUndo, record: AccessRecord | undefined): Decision {
  const { request, undo } = record?.spec ?? {}
  const where = say`pod ${entry.namespace}/${entry.name}`
  if (!request || !undo) return denied('E_TASK', `Nothing is noted that undoes a task in ${where}`)
  const pod = { namespace: request.namespace, name: undo.pod, uid: undo.podUID }
  const problems = [...podProblems(entry, pod, request.uid), ...containerProblems(entry, undo.container, request.uid)]
  if (problems.length > 0) {
    return denied('E_TASK', `The container for ${where} is not the undo that was approved: ` + problems.join('; '))
  }
  return allowed('UNDO', say`it undoes the task of request ${request.name}`)
}

function podProblems(
  { namespace, name, oldObject }: Debug,
  noted: { readonly namespace: string; readonly name: string; readonly uid: string },
  requestUid: string,
): readonly string[] {
  const { metadata, spec } = fieldsOf(oldObject)
  const isNoted = namespace === noted.namespace && name === noted.name && fieldsOf(metadata)['uid'] === noted.uid
  if (!isNoted) return [say`the task was in another pod, ${noted.namespace}/${noted.name}`]
  const containers = fieldsOf(spec)['ephemeralContainers']
  const hasTask =
    Array.isArray(containers) &&
    containers.some((one) => isFields(one) && one['name'] === taskContainerName(requestUid))
  return hasTask ? [] : ['its task has never begun']
}

function containerProblems(
  entry: Debug,
  noted: NonNullable<AccessRecord['spec']['undo']>['container'],
  requestUid: string,
): readonly string[] {
  const change = changeOf(entry)
  if (!change.ok) return [change.problem]
  return containerDifferences(change.added, { ...noted, name: undoContainerName(requestUid) })
}
