import type { TaskResult } from '../../../api/kinds/access/task-result.ts'

/** True if the status holds the output of a task byte for byte. It has only the end of a long one. */
export function hasWholeOutput({ output, outputBytes }: TaskResult): boolean {
  return output !== undefined && new TextEncoder().encode(output).length === outputBytes
}
