import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { TaskResult } from '../../api/kinds/access/task-result.ts'
import { hasWholeOutput } from '../../decision/kinds/task/whole-output.ts'
import { quoted, say } from '../../decision/text/sentence.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { printableLines, tell, warn } from '../output/output.ts'

/**
 * Says how a task ended. Returns its exit code.
 * @param isUnseen True if kubectl did not show all of its output.
 */
export function tellResult({ metadata, status = {} }: AccessRequest, isUnseen: boolean): ExitCode {
  const { task: result, phase = '', message = 'no reason is given' } = status
  warn(say`Request ${metadata.name} has ended (${phase}): ` + `${quoted(message)}.`)
  const code = result?.exitCode ?? exitCode.ended
  return isUnseen && result?.output !== undefined ? shownFromStatus(result, result.output, code) : code
}

/** Shows the output that the status holds. Only the end of it is an error: a file would lack its beginning. */
function shownFromStatus(result: TaskResult, output: string, code: ExitCode): ExitCode {
  const lines = printableLines(output.replace(/\n$/, ''))
  if (hasWholeOutput(result)) {
    if (output !== '') tell(lines)
    return code
  }
  warn(`Its output could not be read whole. Its end:\n${lines}`)
  return code === exitCode.done ? exitCode.error : code
}
