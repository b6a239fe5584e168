import { Option } from 'commander'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'

export interface MigrateOptions {
  /** Files and folders. `-` is standard input. */
  readonly filename: readonly string[]
  readonly output: 'yaml' | 'json'
  /** The file for the report. Left out: standard error. */
  readonly report?: string
  /** True: only requests are written. Left out: all else is. */
  readonly requests?: boolean
  /** The namespace of objects that name none. */
  readonly namespace?: string
}

/** Adds the verb `migrate`. It needs no cluster. */
export const addMigrate: AddVerb = (program, { run }) => {
  program
    .command('migrate')
    .description('Convert the YAML of Oz, kube-request-access, kudo and podconfig-operator. No cluster is asked.')
    .usage('-f FILE [options]')
    .requiredOption('-f, --filename <file...>', 'a file, a folder with all in it, or - for standard input')
    .addOption(
      new Option('-o, --output <format>', 'the format of the objects').choices(['yaml', 'json']).default('yaml'),
    )
    .option('--report <file>', 'write the report there; by default it goes to standard error')
    .option('--requests', 'write only the requests: the person who asks applies them, under their own login')
    .addHelpText(
      'after',
      '\nThe objects go to standard output, and an administrator applies them:' +
        '\n  kubectl access migrate -f FILE | kubectl apply -f -' +
        '\nThe report says what has no equal, field by field, why, and what to do.' +
        '\nIts exit code is 1 if a file cannot be read, or an object is wrong.',
    )
    .action(async (_flags, self: ParsedCommand<MigrateOptions>) => {
      await run(async () => (await import('./migrate.ts')).migrate, self.optsWithGlobals())
    })
}
