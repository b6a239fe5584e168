import { Command } from 'commander'
import { accessNames, type AccessName } from '../api/accesses.ts'
import { accessVerbs, type RequestOptions } from './kinds/access-verbs.ts'
import type { ParsedCommand } from './request-verb.ts'
import type { ClusterChoice } from './where.ts'
import { chainHead, digestText, durationText, objectName } from './usage-values.ts'
import type { ExitCode } from './output.ts'

export interface VerdictOptions extends ClusterChoice {
  readonly request: string
  readonly message?: string
}

export interface GrantOptions extends VerdictOptions {
  readonly digest?: string
  readonly duration?: string
}

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

/** The work of the verbs. Each is loaded when it runs, so that --help need not wait for it. */
export interface Verbs {
  readonly request: { readonly [Name in AccessName]: (options: RequestOptions[Name]) => Promise<ExitCode> }
  templates(options: ClusterChoice): Promise<ExitCode>
  grant(options: GrantOptions): Promise<ExitCode>
  deny(options: VerdictOptions): Promise<ExitCode>
  revoke(options: VerdictOptions): Promise<ExitCode>
  auditVerify(options: AuditVerifyOptions): Promise<ExitCode>
}

/**
 * Builds the command line that commander parses.
 * @param command the words after `--`; undefined without `--`
 * @param ended gets the exit code of the verb
 */
export function createProgram(
  verbs: Verbs,
  command: readonly string[] | undefined,
  ended: (code: ExitCode) => void,
): Command {
  const program = new Command('kubectl-access')
    .description('Ask for access to a workload, and decide on the requests of others.')
    .exitOverride()
    .showHelpAfterError('(--help shows all options)')
    .configureHelp({ showGlobalOptions: true })
    .usage('VERB [options]')
    .option('--kubeconfig <file>', 'the kubeconfig to use; by default the one that kubectl uses')
    .option('--context <name>', 'the context of the kubeconfig to use')
    .option('-n, --namespace <name>', 'the namespace; by default that of the context, or else "default"', objectName)

  const request = program.command('request').description('Ask for access.')
  for (const name of accessNames) addRequest(name, request, { verbs, command, ended })
  program
    .command('templates')
    .description('Show what you may ask for in a namespace.')
    .action(async (_flags, self: ParsedCommand<ClusterChoice>) => {
      ended(await verbs.templates(self.optsWithGlobals()))
    })

  verdict(program, 'grant', 'Show what a request asks for. With its digest, grant exactly that.')
    .option('--digest <digest>', 'the digest of what you looked at; without it, nothing is granted', digestText)
    .option('--duration <duration>', 'a shorter duration than the request asks for', durationText)
    .option('--message <text>', 'a message to the requestor')
    .action(async (request: string, _flags, self: ParsedCommand<Omit<GrantOptions, 'request'>>) => {
      ended(await verbs.grant({ ...self.optsWithGlobals(), request }))
    })
  for (const [name, description] of [
    ['deny', 'Deny a pending request.'],
    ['revoke', 'End an access or a pending request, your own or one that you may grant.'],
  ] as const) {
    verdict(program, name, description)
      .option('--message <text>', 'why; it is shown in the status of the request')
      .action(async (request: string, _flags, self: ParsedCommand<Omit<VerdictOptions, 'request'>>) => {
        ended(await verbs[name]({ ...self.optsWithGlobals(), request }))
      })
  }
  addAudit(program, verbs, ended)
  return program
}

type Ended = (code: ExitCode) => void

function addAudit(program: Command, verbs: Verbs, ended: Ended): void {
  program
    .command('audit')
    .description('Verify the audit trail.')
    .command('verify')
    .description('Check that no audit event was changed, removed or inserted.')
    .usage('[FILE] [options]')
    .argument('[file]', 'events that a sink has kept, one JSON object a line; by default the records in the cluster')
    .option('--head <index:hash>', 'the end of the chain that the last verification printed', chainHead)
    .option('--since <index:hash>', 'the same, if the file has only later events', chainHead)
    .action(async (file: string | undefined, _flags, self: ParsedCommand<Omit<AuditVerifyOptions, 'file'>>) => {
      ended(await verbs.auditVerify({ ...self.optsWithGlobals(), ...(file !== undefined && { file }) }))
    })
}

interface RequestContext {
  readonly verbs: Pick<Verbs, 'request'>
  readonly command: readonly string[] | undefined
  readonly ended: Ended
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- it ties the verb to its own options
function addRequest<Name extends AccessName>(
  name: Name,
  request: Command,
  { verbs, command, ended }: RequestContext,
): void {
  const run = async (options: RequestOptions[Name]): Promise<void> => {
    ended(await verbs.request[name](options))
  }
  accessVerbs[name](request, run, command)
}

function verdict(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .usage('REQUEST [options]')
    .argument('<request>', 'name of the request', objectName)
}
