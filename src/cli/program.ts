import { Command, Option } from 'commander'
import { podSubresources } from '../api/kinds/exec-access.ts'
import {
  attributeText,
  chainHead,
  digestText,
  durationText,
  objectName,
  quantityText,
  reasonText,
} from './usage-values.ts'
import type { ExitCode } from './output.ts'

/** Where the API server is, and in which namespace to act. */
export interface Where {
  readonly kubeconfig?: string
  readonly context?: string
  readonly namespace?: string
}

/** What every request may say. */
export interface AskOptions extends Where {
  /** The AccessTemplate, or the ClusterAccessTemplate, under which is asked; at most one of them. */
  readonly template?: string
  readonly clusterTemplate?: string
  readonly reason: string
  readonly duration?: string
  readonly attribute?: Readonly<Record<string, string>>
  readonly name?: string
  /** For how long, or true: until the request is ready or has ended. */
  readonly wait?: string | true
}

export interface RequestExecOptions extends AskOptions {
  /** Left out: one that the template's target has ready. */
  readonly pod?: string
  readonly container?: string
  /** Left out: any command. */
  readonly command?: readonly string[]
  readonly once?: boolean
  readonly stdin?: boolean
  readonly tty?: boolean
  readonly debug?: boolean
  readonly subresource?: readonly string[]
}

export interface RequestShellOptions extends AskOptions {
  readonly cpu?: string
  readonly memory?: string
  readonly ephemeralStorage?: string
}

export interface VerdictOptions extends Where {
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

export interface AuditVerifyOptions extends Where {
  /** Events, a line each; left out: the records in the cluster. */
  readonly file?: string
  /** Where the chain ended the last time. */
  readonly head?: ChainEnd
  /** The same, where what came before is not at hand. */
  readonly since?: ChainEnd
}

/** What the verbs do. Each is loaded when it is run, so that --help need not wait for them. */
export interface Verbs {
  requestExec(options: RequestExecOptions): Promise<ExitCode>
  requestShell(options: RequestShellOptions): Promise<ExitCode>
  requestRole(options: AskOptions): Promise<ExitCode>
  templates(options: Where): Promise<ExitCode>
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
  addExec(request, verbs, command, ended)
  addShell(request, verbs, command, ended)
  addRole(request, verbs, command, ended)
  program
    .command('templates')
    .description('Show what you may ask for in a namespace.')
    .action(async (_flags, self: Bound<Where>) => {
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
    .action(async (request: string, _flags, self: Bound<Omit<GrantOptions, 'request'>>) => {
      ended(await verbs.grant({ ...self.optsWithGlobals(), request }))
    })
  for (const [name, description] of [
    ['deny', 'Deny a request that waits.'],
    ['revoke', 'End an access, your own or one that you may grant, or a request that waits.'],
  ] as const) {
    verdict(program, name, description)
      .option('--message <text>', 'why')
      .action(async (request: string, _flags, self: Bound<Omit<VerdictOptions, 'request'>>) => {
        ended(await verbs[name]({ ...self.optsWithGlobals(), request }))
      })
  }
  program
    .command('audit')
    .description('What happened.')
    .command('verify')
    .description('Check that no audit event was changed, removed or slipped in.')
    .usage('[FILE] [options]')
    .argument('[file]', 'events as a sink has kept them, a line of JSON each; else the records in the cluster')
    .option('--head <index:hash>', 'where the chain ended at the last verification', chainHead)
    .option('--since <index:hash>', 'the same, where the file has only what came later', chainHead)
    .action(async (file: string | undefined, _flags, self: Bound<Omit<AuditVerifyOptions, 'file'>>) => {
      ended(await verbs.auditVerify({ ...self.optsWithGlobals(), ...(file !== undefined && { file }) }))
    })
  return program
}

type Ended = (code: ExitCode) => void

function addExec(request: Command, verbs: Verbs, command: readonly string[] | undefined, ended: Ended): void {
  asking(request, 'exec', 'Ask to run a command in a pod, as kubectl exec does.')
    .usage('[POD] --reason TEXT [options] [-- COMMAND...]')
    .argument('[pod]', 'name of the pod; left out under a template: one that its target has ready', objectName)
    .option('-c, --container <name>', 'the container; else the one that kubectl exec would take', objectName)
    .option('--once', 'for one use')
    .option('-i, --stdin', 'with input (kubectl exec -i)')
    .option('-t, --tty', 'with a terminal (kubectl exec -t)')
    .option('--debug', 'with the debug containers that the template offers (kubectl debug)')
    .addOption(new Option('--subresource <name...>', 'also this of the pod').choices(podSubresources))
    .addHelpText(
      'after',
      '\nWithout -- COMMAND it asks for ANY command that its template offers, and without a template for ANY, and approvers are shown that.',
    )
    .action(
      async (pod: string | undefined, _flags, self: Bound<Omit<RequestExecOptions, 'pod' | 'command'>> & Command) => {
        const options = self.optsWithGlobals()
        if (pod === undefined && !isUnderTemplate(options)) self.error('error: name a pod, or a template that has one')
        ended(await verbs.requestExec({ ...options, ...(pod !== undefined && { pod }), ...(command && { command }) }))
      },
    )
}

function addShell(request: Command, verbs: Verbs, command: readonly string[] | undefined, ended: Ended): void {
  asking(request, 'shell', 'Ask for a pod of your own beside a workload, as a template offers it.')
    .usage('--template NAME --reason TEXT [options]')
    .option('--cpu <quantity>', 'its share of processors, as 500m', quantityText)
    .option('--memory <quantity>', 'its memory, as 1Gi', quantityText)
    .option('--ephemeral-storage <quantity>', 'its room on disk, as 1Gi', quantityText)
    .action(async (_flags, self: Bound<RequestShellOptions> & Command) => {
      const options = self.optsWithGlobals()
      mustBeUnderTemplate(options, self)
      if (command) self.error('error: a shell takes no command: exec what you like once it is there')
      ended(await verbs.requestShell(options))
    })
}

function addRole(request: Command, verbs: Verbs, command: readonly string[] | undefined, ended: Ended): void {
  asking(request, 'role', 'Ask for the roles that a template gives, for a time.')
    .usage('--template NAME --reason TEXT [options]')
    .action(async (_flags, self: Bound<AskOptions> & Command) => {
      const options = self.optsWithGlobals()
      mustBeUnderTemplate(options, self)
      if (command) self.error('error: roles take no command')
      ended(await verbs.requestRole(options))
    })
}

function mustBeUnderTemplate(options: AskOptions, self: Command): void {
  if (!isUnderTemplate(options)) self.error('error: name a template with --template or --cluster-template')
}

function isUnderTemplate({ template, clusterTemplate }: AskOptions): boolean {
  return template !== undefined || clusterTemplate !== undefined
}

/** A verb that asks: with what every request may say. */
function asking(request: Command, name: string, description: string): Command {
  const clusterWide = new Option('--cluster-template <name>', 'the ClusterAccessTemplate under which to ask')
  return request
    .command(name)
    .description(description)
    .option('--template <name>', 'the AccessTemplate under which to ask (kubectl access templates)', objectName)
    .addOption(clusterWide.argParser(objectName).conflicts('template'))
    .requiredOption('--reason <text>', 'why; approvers read it', reasonText)
    .option('--duration <duration>', "for how long, as 30m; the template's, or 1h, where left out", durationText)
    .option(
      '--attribute <key=value>',
      "what a template or the organisation's validators want to know; repeatable",
      attributeText,
    )
    .option('--name <name>', 'name of the request; one is made up where left out', objectName)
    .option('--wait [timeout]', 'wait until the access is ready, or for so long, as --wait=10m', durationText)
}

/** A command of commander's, of which the options are known. */
interface Bound<T> {
  optsWithGlobals(): T
}

function verdict(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .usage('REQUEST [options]')
    .argument('<request>', 'name of the request', objectName)
}
