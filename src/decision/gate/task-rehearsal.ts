import { serviceAccountUser } from '../../api/installation.ts'
import type { Review } from '../../api/review/admission-review.ts'
import { allowed, type Allow } from '../decision.ts'
import { taskPrefix } from '../kinds/task/task-container.ts'
import { changeOf, type PodEntry } from './entry.ts'

/**
 * Lets in the dry run in which Sallyport adds a task to a pod. So the rest of the cluster's admission says what it would
 * refuse, before people review the request. A dry run stores nothing, so nobody gains anything. A task that is added for
 * real must be approved.
 */
export function taskRehearsal({ dryRun, userInfo }: Review, entry: PodEntry): Allow | undefined {
  if (!dryRun || entry.way !== 'pods/ephemeralcontainers' || userInfo.username !== serviceAccountUser) return undefined
  const change = changeOf(entry)
  if (!change.ok || !change.added.name.startsWith(taskPrefix)) return undefined
  return allowed('REHEARSED', 'Sallyport tries a task in a dry run')
}
