import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { say } from '../../decision/text/sentence.ts'
import type { CliSession } from '../connection/session.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { printObject } from '../output/formats.ts'
import { tell, warn } from '../output/output.ts'
import type { AskOptions } from './ask-options.ts'
import type { NewRequest } from './asked-request.ts'
import { awaitReady } from './await-ready.ts'
import { asFile, tryCreateObject } from './create-object.ts'
import { describeRequest } from './describe-request.ts'
import { asRequest } from './read-request.ts'

interface How extends Pick<AskOptions, 'dryRun' | 'output' | 'wait'> {
  readonly template: AnyTemplate | undefined
}

/** `--dry-run`: prints the request that would be sent, or the request as the server would take it. Makes none. */
export async function tryRequest(
  { client }: CliSession,
  wanted: NewRequest,
  { dryRun, output, template }: How,
): Promise<ExitCode> {
  if (dryRun === 'client') {
    await printObject(output ?? 'yaml', asFile(accessRequestKind, wanted))
    return exitCode.done
  }
  const tried = await tryCreateObject(client, accessRequestKind, wanted)
  if (output === undefined) tell(describeRequest(asRequest(tried), { template }))
  else await printObject(output, tried)
  warn('Dry run: the server would take this request. Nothing was made.')
  return exitCode.done
}

/** `-o`: prints the request that was made. With --wait, prints it once it is ready. */
export async function printMade(
  session: CliSession,
  created: AccessRequest,
  { output = 'yaml', wait, template }: How,
): Promise<ExitCode> {
  warn(say`Request ${created.metadata.name} was made.`)
  const timeout = wait === true ? undefined : wait
  const shown = wait === undefined ? created : await awaitReady(session, created, { template, timeout })
  await printObject(output, shown)
  return exitCode.done
}
