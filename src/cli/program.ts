import { Command } from 'commander'
import { addConnectionOptions } from './connection/flags.ts'
import { exitCode, exitMeanings } from './output/exit-code.ts'
import { mustTakeCommand, type CommandLine } from './verb/verb.ts'
import { verbs } from './verbs.ts'

const exitLines = Object.entries(exitCode).map(
  ([name, code]) => `  ${String(code).padEnd(5)}${exitMeanings[name as keyof typeof exitCode]}`,
)

/** Builds the command line that commander parses. */
export function createProgram(line: CommandLine): Command {
  const program = addConnectionOptions(new Command('kubectl-access'))
    .description('Ask for access to a workload, and decide on the requests of others.')
    .exitOverride()
    .showHelpAfterError('(--help shows all options)')
    .configureHelp({ showGlobalOptions: true })
    .usage('VERB [options]')
    .addHelpText('after', `\nExit codes:\n${exitLines.join('\n')}`)
    .hook('preAction', (_program, verb) => {
      mustTakeCommand(verb, line.command)
    })
  for (const [group, adders] of Object.entries(verbs)) {
    program.commandsGroup(group)
    for (const add of adders) add(program, line)
  }
  return program
}
