import type { AddVerb, ParsedCommand } from '../verb/verb.ts'
import { chainHead } from '../verb/usage-values.ts'
import type { ClusterChoice } from '../connection/flags.ts'

interface ChainEnd {
  readonly index: number
  readonly hash: string
}

export interface AuditVerifyOptions extends ClusterChoice {
  /** A file with one event a line. Without it, the records in the cluster are read. */
  readonly file?: string
  /** The end of the chain at the last verification. */
  readonly head?: ChainEnd
  /** The same, if the file does not have the events before it. */
  readonly since?: ChainEnd
}

export const addAudit: AddVerb = (program, line) => {
  addVerify(program.command('audit').description('Verify the audit trail.'), line)
}

const addVerify: AddVerb = (audit, { run }) => {
  audit
    .command('verify')
    .description('Check that no audit event was changed, removed or inserted.')
    .usage('[FILE] [options]')
    .argument('[file]', 'events that a sink has kept, one JSON object a line; by default the records in the cluster')
    .option('--head <index:hash>', 'the end of the chain that the last verification printed', chainHead)
    .option('--since <index:hash>', 'the same, if the file has only later events', chainHead)
    .action(async (file: string | undefined, _flags, self: ParsedCommand<Omit<AuditVerifyOptions, 'file'>>) => {
      const options: AuditVerifyOptions = { ...self.optsWithGlobals(), ...(file !== undefined && { file }) }
      await run(async () => (await import('./audit-verify.ts')).auditVerify, options)
    })
}
