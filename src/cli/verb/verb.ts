import type { Command } from 'commander'
import type { ExitCode } from '../output/exit-code.ts'

/** The work of a verb. */
type Work<Options> = (options: Options) => Promise<ExitCode>

/** The part of the command line that commander does not parse, and the way to the work of a verb. */
export interface CommandLine {
  /** The words after `--`; undefined without `--`. A verb that reads them calls `takesCommand`. */
  readonly command: readonly string[] | undefined
  /** Loads the work of a verb and does it. Its exit code becomes that of the program. */
  readonly run: <Options>(load: () => Promise<Work<Options>>, options: Options) => Promise<void>
}

/**
 * Adds a verb, with its options and its help, to the program or to a verb above it. The work of the verb is loaded when it
 * runs, so that --help need not wait for it.
 */
export type AddVerb = (program: Command, line: CommandLine) => void

/** A command of commander, with the type of its options. */
export type ParsedCommand<T> = { optsWithGlobals(): T } & Command

const withCommand = new WeakSet<Command>()

/** Notes that words may follow this verb after `--`. They are a usage error after any other. */
export function takesCommand(verb: Command): Command {
  withCommand.add(verb)
  return verb
}

/** Ends the program with a usage error if words follow a verb that takes none. */
export function mustTakeCommand(verb: Command, command: readonly string[] | undefined): void {
  if (!command || withCommand.has(verb)) return
  verb.error(`error: ${verb.name()} takes no command: leave out -- COMMAND`)
}
