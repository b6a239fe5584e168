import { Command } from 'commander'
import { addConnectionOptions } from './connection/flags.ts'
import { exitCode, exitMeanings } from './output/exit-code.ts'
import { mustTakeCommand, type CommandLine } from './verb/verb.ts'
import { verbs } from './verbs.ts'

const exitLines = Object.entries(exitCode).map(
  ([name, code]) => `  ${String(code).padEnd(5)}${exitMeanings[name as keyof typeof exitCode]}`,
)

/**
 * Builds the command line that commander parses.
 * @param first the first word that the user typed. If it names a verb, only that verb is added, as commander takes some
 * milliseconds for all.
 */
export function createProgram(line: CommandLine, first?: string): Command {
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
  const isOne = Object.values(verbs).some((ofGroup) => isAlone(ofGroup, first))
  for (const [group, ofGroup] of Object.entries(verbs)) {
    program.commandsGroup(group)
    for (const [name, add] of Object.entries(ofGroup)) if (!isOne || name === first) add(program, line)
  }
  return program
}

/** True if a word names a verb that needs no other. `__complete` completes all of them. */
function isAlone(ofGroup: object, word: string | undefined): boolean {
  return word !== undefined && word !== '__complete' && Object.hasOwn(ofGroup, word)
}
