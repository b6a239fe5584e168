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
  /** Events, a line each; left out: the records in the cluster. */
  readonly file?: string
  /** Where the chain ended the last time. */
  readonly head?: ChainEnd
  /** The same, where what came before is not at hand. */
  readonly since?: ChainEnd
}

/** What the verbs do. Each is loaded when it is run, so that --help need not wait for them. */
export interface Verbs {
  readonly request: { readonly [Name in AccessName]: (options: RequestOptions[Name]) => Promise<ExitCode> }
  templates(options: ClusterChoice): Promise<ExitCode>
  grant(options: GrantOptions): Promise<ExitCode>
  deny(options: VerdictOptions): Promise<ExitCode>
  revoke(options: VerdictOptions): Promise<ExitCode>
  auditVerify(options: AuditVerifyOptions): Promise<ExitCode>
}

/**
 * The command line, as commander parses it.
 * @param command what stands behind `--`; undefined where there is no `--`
 * @param ended is told the exit code of the verb
 */
export function createProgram(
  verbs: Verbs,
  command: readonly string[] | undefined,
  ended: (code: ExitCode) => void,
): Command {
  const program = new Command('kubectl-access')
    .description('Ask for access to a workload, and decide what others ask for.')
    .exitOverride()
    .showHelpAfterError('(--help says more)')
    .configureHelp({ showGlobalOptions: true })
    .usage('VERB [options]')
    .option('--kubeconfig <file>', 'the kubeconfig to use; else as kubectl finds it')
    .option('--context <name>', 'the context of the kubeconfig to use')
    .option('-n, --namespace <name>', 'the namespace; else that of the context, else default', objectName)

  const request = program.command('request').description('Ask for access.')
  for (const name of accessNames) addRequest(name, request, { verbs, command, ended })
  program
    .command('templates')
    .description('Show what you may ask for in a namespace.')
    .action(async (_flags, self: ParsedCommand<ClusterChoice>) => {
      ended(await verbs.templates(self.optsWithGlobals()))
    })

  verdict(program, 'grant', 'Show what a request asks for, and with its digest grant just that.')
    .option(
      '--digest <digest>',
      'of what you looked at; without it the request is shown, and nothing granted',
      digestText,
    )
    .option('--duration <duration>', 'shortens what was asked', durationText)
    .option('--message <text>', 'what the requestor reads')
    .action(async (request: string, _flags, self: ParsedCommand<Omit<GrantOptions, 'request'>>) => {
      ended(await verbs.grant({ ...self.optsWithGlobals(), request }))
    })
  for (const [name, description] of [
    ['deny', 'Deny a request that waits.'],
    ['revoke', 'End an access, your own or one that you may grant, or a request that waits.'],
  ] as const) {
    verdict(program, name, description)
      .option('--message <text>', 'why')
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
    .description('What happened.')
    .command('verify')
    .description('Check that no audit event was changed, removed or slipped in.')
    .usage('[FILE] [options]')
    .argument('[file]', 'events as a sink has kept them, a line of JSON each; else the records in the cluster')
    .option('--head <index:hash>', 'where the chain ended at the last verification', chainHead)
    .option('--since <index:hash>', 'the same, where the file has only what came later', chainHead)
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
