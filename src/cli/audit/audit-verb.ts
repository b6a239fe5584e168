import { Option } from 'commander'
import type { ClusterChoice } from '../connection/flags.ts'
import { chainHead, objectName } from '../verb/usage-values.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'

interface ChainEnd {
  readonly index: number
  readonly hash: string
}

/** The options of all audit verbs. */
interface AuditOptions extends ClusterChoice {
  /** The namespace of Sallyport. */
  readonly installedIn?: string
}

export interface AuditVerifyOptions extends AuditOptions {
  /** A file with one event a line. Without it, the records in the cluster are read. */
  readonly file?: string
  /** The end of the chain at the last verification. */
  readonly head?: ChainEnd
  /** The same, if the file does not have the events before it. */
  readonly since?: ChainEnd
}

export interface AuditTailOptions extends AuditOptions {
  readonly follow?: boolean
  /** The name of a request. Only events about it are shown. */
  readonly request?: string
  /** The name of a user. Only events of what this user did or asked for are shown. */
  readonly of?: string
  readonly output?: 'json'
}

export interface AuditTestOptions extends AuditOptions {
  /** The name of the sink in the config. */
  readonly sink: string
}

export const addAudit: AddVerb = (program, line) => {
  const audit = program.command('audit').description('Read the audit trail, verify it, and try its sinks.')
  addTail(audit, line)
  addVerify(audit, line)
  addTest(audit, line)
}

function installedInOption(): Option {
  const description = 'the namespace of Sallyport; by default $SALLYPORT_NAMESPACE, or else sallyport-system'
  return new Option('--installed-in <namespace>', description).argParser(objectName)
}

const addTail: AddVerb = (audit, { run }) => {
  audit
    .command('tail')
    .description('Show the audit events that are in the cluster, the oldest first.')
    .option('-f, --follow', 'go on with each event that comes, until Ctrl-C')
    .option('--request <name>', 'show only what is about this request', objectName)
    .option('--of <user>', 'show only what this user did or asked for')
    .addOption(
      new Option('-o, --output <format>', 'one event a line as JSON; by default a short line for people').choices([
        'json',
      ]),
    )
    .addOption(installedInOption())
    .addHelpText(
      'after',
      '\nWith -n, it shows only what is about that namespace.' +
        '\nThe cluster keeps events only until every sink has them, and none without a sink.',
    )
    .action(async (_flags, self: ParsedCommand<AuditTailOptions>) => {
      await run(async () => (await import('./audit-tail.ts')).auditTail, self.optsWithGlobals())
    })
}

const addVerify: AddVerb = (audit, { run }) => {
  audit
    .command('verify')
    .description('Check that no audit event was changed, removed or inserted.')
    .usage('[FILE] [options]')
    .argument('[file]', 'events that a sink has kept, one JSON object a line; by default the records in the cluster')
    .option('--head <index:hash>', 'the end of the chain that the last verification printed', chainHead)
    .option('--since <index:hash>', 'the same, if the file has only later events', chainHead)
    .addOption(installedInOption())
    .action(async (file: string | undefined, _flags, self: ParsedCommand<Omit<AuditVerifyOptions, 'file'>>) => {
      const options: AuditVerifyOptions = { ...self.optsWithGlobals(), ...(file !== undefined && { file }) }
      await run(async () => (await import('./audit-verify.ts')).auditVerify, options)
    })
}

const addTest: AddVerb = (audit, { run }) => {
  audit
    .command('test')
    .description('Send a signed test event to a sink, and say what it answered.')
    .usage('SINK [options]')
    .argument('<sink>', 'the name of the sink in the config')
    .addOption(installedInOption())
    .addHelpText(
      'after',
      '\nThe event is sent from this machine, so the sink must be reachable from here.' +
        '\nURL, CA and secrets are those of the installation. You need the right to read its' +
        '\nDeployment, its ConfigMap and the Secrets of the sink.',
    )
    .action(async (sink: string, _flags, self: ParsedCommand<Omit<AuditTestOptions, 'sink'>>) => {
      await run(async () => (await import('./audit-test.ts')).auditTest, { ...self.optsWithGlobals(), sink })
    })
}
