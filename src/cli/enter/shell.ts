import { accessOf } from '../../api/accesses.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { isFinished } from '../../decision/phase.ts'
import { say } from '../../decision/text/sentence.ts'
import { whoAmI } from '../connection/who-am-i.ts'
import { shellRequest } from '../kinds/request-shell.ts'
import type { ExitCode } from '../output/exit-code.ts'
import { Refusal } from '../output/failure.ts'
import { warn } from '../output/output.ts'
import { isSameTemplate } from '../request/asked-request.ts'
import { awaitReady } from '../request/await-ready.ts'
import { isReady } from '../request/await-request.ts'
import { makeRequest } from '../request/make-request.ts'
import { templateOf } from '../request/read-request.ts'
import { oldestFirst } from '../request/request-times.ts'
import { inSession, type CliSession } from '../connection/session.ts'
import { execArgs, interactive } from './exec.ts'
import { runKubectl } from './kubectl.ts'
import { requestsOf } from './look-around.ts'
import type { ShellOptions } from './shell-verb.ts'
import { warnOfUnused } from './unused-terms.ts'

/** `shell`: goes into the user's pod from a template, and asks for one first if there is none. */
export async function shell({ command = ['sh'], wait, ...options }: ShellOptions): Promise<ExitCode> {
  const target = await inSession(options, async (session) => {
    const request = await liveShell(session, options)
    if (request) warnOfUnused(request.metadata.name, options)
    if (request && isReady(request)) {
      warn(say`Goes into the pod that you have by request ${request.metadata.name}.`)
      return targetOf(request)
    }
    if (request) warn(say`Your request ${request.metadata.name} is there already.`)
    const asked = request
      ? { request, template: await templateOf(session.client, request) }
      : await makeRequest(session, shellRequest(options, session.namespace), { readsStdin: true })
    return targetOf(await awaitReady(session, asked.request, { template: asked.template, timeout: wait }))
  })
  return runKubectl(options, execArgs(target, interactive([...command])))
}

type Terms = Omit<ShellOptions, 'command' | 'wait'>

/** Finds the user's newest shell from the template that is there, or is being made. */
export async function liveShell(session: CliSession, terms: Terms): Promise<AccessRequest | undefined> {
  const { username } = await whoAmI(session.client)
  const { templateRef } = shellRequest(terms, session.namespace).spec
  return (await requestsOf(session, username))
    .filter((request) => {
      const ref = request.spec.templateRef
      return (
        isSameTemplate(ref, templateRef) &&
        accessOf(request.spec)?.name === 'shell' &&
        !isFinished(request) &&
        !request.spec.revoked
      )
    })
    .toSorted(oldestFirst)
    .at(-1)
}

function targetOf({ metadata, status }: AccessRequest): { readonly pod: string; readonly container: string } {
  if (status?.target) return status.target
  throw new Refusal(say`Request ${metadata.name} gives no pod.`)
}
