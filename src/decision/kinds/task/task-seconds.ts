import { parseDuration, type Milliseconds } from '../../../api/duration.ts'
import type { TaskTemplate } from '../../../api/kinds/access/task-access.ts'

/** An access goes on for this time after its task has ended, so that Sallyport can read the output. */
export const readingMs: Milliseconds = 5_000

/**
 * Returns the whole seconds for which a task may run: until its deadline, and not longer than the time that is left.
 */
export function taskSeconds({ deadline }: TaskTemplate, left: Milliseconds): number {
  const longest = deadline === undefined ? Infinity : (parseDuration(deadline) ?? 0)
  return Math.max(0, Math.floor(Math.min(left, longest) / 1_000))
}
