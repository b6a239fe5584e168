import { Command, Option } from 'commander'
import { podSubresources } from '../api/kinds/exec-access.ts'
import { chainHead, digestText, durationText, objectName, reasonText } from './usage-values.ts'
import type { ExitCode } from './exit-code.ts'

/** Where the API server is, and in which namespace to act. */
export interface Where {
  readonly kubeconfig?: string
  readonly context?: string
  readonly namespace?: string
}

export interface RequestExecOptions extends Where {
  readonly pod: string
  readonly container?: string
  /** Left out: any command. */
  readonly command?: readonly string[]
  readonly reason: string
  readonly duration?: string
  readonly once?: boolean
  readonly stdin?: boolean
  readonly tty?: boolean
  readonly subresource?: readonly string[]
  readonly name?: string
  /** For how long, or true: until the request is ready or has ended. */
  readonly wait?: string | true
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

  program
    .command('request')
    .description('Ask for access.')
    .command('exec')
    .description('Ask to run a command in a pod, as kubectl exec does.')
    .usage('POD --reason TEXT [options] [-- COMMAND...]')
    .argument('<pod>', 'name of the pod', objectName)
    .option('-c, --container <name>', 'the container; else the one that kubectl exec would take', objectName)
    .requiredOption('--reason <text>', 'why; approvers read it', reasonText)
    .option('--duration <duration>', 'for how long, as 30m; 1h where left out', durationText)
    .option('--once', 'for one use')
    .option('-i, --stdin', 'with input (kubectl exec -i)')
    .option('-t, --tty', 'with a terminal (kubectl exec -t)')
    .addOption(new Option('--subresource <name...>', 'also this of the pod').choices(podSubresources))
    .option('--name <name>', 'name of the request; one is made up where left out', objectName)
    .option('--wait [timeout]', 'wait until the access is ready, or for so long, as --wait=10m', durationText)
    .addHelpText('after', '\nWithout -- COMMAND it asks for ANY command, and approvers are shown that.')
    .action(async (pod: string, _flags, self: Bound<Omit<RequestExecOptions, 'pod' | 'command'>>) => {
      ended(await verbs.requestExec({ ...self.optsWithGlobals(), pod, ...(command && { command }) }))
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
