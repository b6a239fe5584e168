import { objectOutputOption, type ObjectFormat } from '../output/formats.ts'
import { aboutRequest, type OneRequest } from '../verb/request-argument.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'

export interface DescribeOptions extends OneRequest {
  readonly output?: ObjectFormat
}

export const addDescribe: AddVerb = (program, { run }) => {
  aboutRequest(program, 'describe', 'Show a request as an approver sees it, and what has happened to it.')
    .addOption(objectOutputOption('print the object in this format'))
    .action(async (request: string, _flags, self: ParsedCommand<Omit<DescribeOptions, 'request'>>) => {
      await run(async () => (await import('./describe.ts')).describe, { ...self.optsWithGlobals(), request })
    })
}
