import { Option } from 'commander'
import { podSubresources } from '../../api/review/subresource.ts'
import { asking, isUnderTemplate, type AskOptions } from '../request/ask-options.ts'
import { takesCommand, type AddVerb, type ParsedCommand } from '../verb/verb.ts'
import { objectName } from '../verb/usage-values.ts'

export interface RequestExecOptions extends AskOptions {
  /** Without it, the request gets a ready pod of the template's target. */
  readonly pod?: string
  readonly container?: string
  /** Without it, the request asks for any command. */
  readonly command?: readonly string[]
  readonly once?: boolean
  readonly stdin?: boolean
  readonly tty?: boolean
  readonly debug?: boolean
  readonly subresource?: readonly string[]
  readonly waitForPod?: boolean
}

export const addExec: AddVerb = (request, { command, run }) => {
  takesCommand(asking(request, 'exec', 'Ask to run a command in a pod, as kubectl exec does.'))
    .usage('[POD] [options] [-- COMMAND...]')
    .argument('[pod]', 'the name of the pod; with a template, else a ready pod of its target', objectName)
    .option('-c, --container <name>', 'the container; by default the one that kubectl exec takes', objectName)
    .option('--once', 'ask for one use only')
    .option('-i, --stdin', 'ask for input (kubectl exec -i)')
    .option('-t, --tty', 'ask for a terminal (kubectl exec -t)')
    .option('--debug', 'ask for the debug containers that the template offers (kubectl debug)')
    .addOption(
      new Option('--subresource <name...>', 'ask for these subresources of the pod, too').choices(podSubresources),
    )
    .option('--wait-for-pod', 'wait for a pod that is still to come; without this, the request fails after 30 seconds')
    .addHelpText(
      'after',
      '\nWithout -- COMMAND, the request asks for ANY command that its template offers.' +
        '\nWithout a template, it asks for ANY command. Approvers see this.',
    )
    .action(
      async (pod: string | undefined, _flags, self: ParsedCommand<Omit<RequestExecOptions, 'pod' | 'command'>>) => {
        const options = self.optsWithGlobals()
        if (pod === undefined && !isUnderTemplate(options)) {
          self.error('error: name a pod, or a template with --template or --cluster-template')
        }
        const asked: RequestExecOptions = { ...options, ...(pod !== undefined && { pod }), ...(command && { command }) }
        await run(async () => (await import('./request-exec.ts')).requestExec, asked)
      },
    )
}
