import { printableLines } from '../../api/printable.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { hasWholeOutput, type TaskResult } from '../../api/kinds/access/task-result.ts'
import { isFinished } from '../../decision/phase.ts'
import { quoted, say } from '../../decision/text/sentence.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell, warn } from '../output/output.ts'

/**
 * Says how a task ended. Returns its exit code.
 * @param isUnseen True if kubectl did not show all of its output.
 */
export function tellResult(request: AccessRequest, isUnseen: boolean): ExitCode {
  const result = request.status?.task
  warn(isFinished(request) ? endedText(request) : lastingText(request))
  const code = result?.exitCode ?? exitCode.ended
  return isUnseen && result?.output !== undefined ? shownFromStatus(result, result.output, code) : code
}

function endedText({ metadata, status = {} }: AccessRequest): string {
  const { phase = '', message = 'no reason is given' } = status
  return say`Request ${metadata.name} has ended (${phase}): ` + `${quoted(message)}.`
}

function lastingText({ metadata: { name, namespace }, status = {} }: AccessRequest): string {
  const until = say`when request ${name} ends, at ${status.expiresAt ?? 'its end'}`
  return (
    `The task is done. Sallyport undoes it ${until}. ` +
    say`To undo it now: kubectl access revoke ${name} -n ${namespace}`
  )
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
