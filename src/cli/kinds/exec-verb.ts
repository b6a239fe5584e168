import { Option, type Command } from 'commander'
import { podSubresources } from '../../api/kinds/exec-access.ts'
import { asking, isUnderTemplate, type AddVerb, type AskOptions, type ParsedCommand } from '../request-verb.ts'
import { objectName } from '../usage-values.ts'

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

export const addExec: AddVerb<RequestExecOptions> = (request, run, command) => {
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
      async (
        pod: string | undefined,
        _flags,
        self: ParsedCommand<Omit<RequestExecOptions, 'pod' | 'command'>> & Command,
      ) => {
        const options = self.optsWithGlobals()
        if (pod === undefined && !isUnderTemplate(options)) self.error('error: name a pod, or a template that has one')
        await run({ ...options, ...(pod !== undefined && { pod }), ...(command && { command }) })
      },
    )
}
