import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { scopeOf } from '../../decision/kinds/access-kinds.ts'
import { isLasting } from '../../decision/kinds/task/task-command.ts'
import { taskContainerName } from '../../decision/kinds/task/task-container.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { isFinished } from '../../decision/phase.ts'
import { say } from '../../decision/text/sentence.ts'
import { inSession, type CliSession } from '../connection/session.ts'
import { taskRequest } from '../kinds/request-task.ts'
import { tellResult } from './task-result.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { Refusal } from '../output/failure.ts'
import { awaitReady } from '../request/await-ready.ts'
import { awaitRequest } from '../request/await-request.ts'
import { makeRequest } from '../request/make-request.ts'
import { runKubectl } from '../enter/kubectl.ts'
import type { TaskOptions } from './task-verb.ts'

/** `task`: asks for a task, waits until it runs, shows its output, and passes on its exit code. */
export function task({ wait, ...options }: TaskOptions): Promise<ExitCode> {
  return inSession(options, async (session) => {
    const wanted = taskRequest(options, session.namespace)
    const { request, template } = await makeRequest(session, wanted, { readsStdin: false })
    const running = await awaitReady(session, request, { template, timeout: wait })
    const logs = await runKubectl(options, logArgs(running))
    return tellResult(await finished(session, running, template), logs !== exitCode.done)
  })
}

function logArgs({ metadata: { namespace, name, uid }, status }: AccessRequest): readonly string[] {
  if (!status?.target) throw new Refusal(say`Request ${name} has no pod.`)
  return ['logs', '--follow', status.target.pod, '--namespace', namespace, '--container', taskContainerName(uid)]
}

/**
 * Returns the request once it has ended. The output ends some milliseconds before that. With an undo, the access goes on
 * after the task.
 */
async function finished(
  { client }: CliSession,
  request: AccessRequest,
  template: AnyTemplate | undefined,
): Promise<AccessRequest> {
  const terms = scopeOf(request.spec, template)?.taskTerms
  const lasts = ({ status }: AccessRequest): boolean => (status?.task && terms ? isLasting(status.task, terms) : false)
  const isDone = (one: AccessRequest): boolean => isFinished(one) || lasts(one)
  const { request: last, outcome } = await awaitRequest(client, request, isDone)
  if (!last || outcome === 'gone') throw new Refusal(say`Request ${request.metadata.name} was deleted.`, exitCode.ended)
  return last
}
