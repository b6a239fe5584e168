import type { Command } from 'commander'
import { shellWords } from '../../decision/text/argv.ts'
import { withTerms } from '../request/ask-options.ts'
import { durationText, objectName } from '../verb/usage-values.ts'
import { placeText } from './place.ts'

/** Adds a verb that brings the user into a pod, with the options that all of these verbs take. */
export function entering(program: Command, name: string, description: string): Command {
  const verb = program
    .command(name)
    .description(description)
    .argument('<pod>', 'POD, or TYPE/NAME such as deploy/web, as kubectl takes it', placeText)
  return waiting(withTerms(verb))
}

/** Adds the option that bounds the time for which a verb waits for the access. */
export function waiting(verb: Command): Command {
  return verb.option(
    '--wait <timeout>',
    'the longest time to wait for the access, such as 10m; by default until you have it',
    durationText,
  )
}

/** Adds -c, -i and -t, as kubectl exec has them. */
export function withSession(verb: Command): Command {
  return verb
    .option('-c, --container <name>', 'the container; by default the one that kubectl takes', objectName)
    .option('-i, --stdin', 'pass your input to the command')
    .option('-t, --tty', 'give the command a terminal')
}

/**
 * Ends the program with a usage error if the command stands before `--`.
 * @param taken the number of arguments that the verb takes
 */
export function mustStandBehindDashes(verb: Command, taken: number): void {
  const command = verb.args.slice(taken)
  if (command.length === 0) return
  const argv = ['kubectl', 'access', ...wordsOf(verb), ...verb.args.slice(0, taken), '--', ...command]
  const typed = shellWords(argv)
  verb.error(`error: put the command behind --${typed === undefined ? '' : `, as in: ${typed}`}`)
}

/** Returns the words that call a verb: `can-i`, `exec`. */
function wordsOf(verb: Command): readonly string[] {
  return verb.parent?.parent ? [...wordsOf(verb.parent), verb.name()] : [verb.name()]
}
