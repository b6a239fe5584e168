import type { Command } from 'commander'
import type { StringMap } from '../../api/fields.ts'
import { say } from '../../decision/text/sentence.ts'
import type { ClusterChoice } from '../connection/flags.ts'
import { outputOption, type Format } from '../output/formats.ts'
import { attributeText, durationText, parameterText, reasonText } from '../verb/usage-values.ts'
import type { AddVerb, ParsedCommand } from '../verb/verb.ts'

export interface TemplatesOptions extends ClusterChoice {
  readonly all?: boolean
  readonly output?: Format
}

export interface TestTemplateOptions extends Omit<ClusterChoice, 'as' | 'asGroup'> {
  /** A YAML or JSON file with templates; `-` is stdin. */
  readonly file: string
  /** The user who would ask. */
  readonly asker: string
  readonly groups: readonly string[]
  readonly reason?: string
  readonly duration?: string
  readonly attribute?: StringMap
  readonly param?: StringMap
}

export const addTemplates: AddVerb = (program, { run }) => {
  const templates = program
    .command('templates')
    .description('Show what you may ask for in a namespace.')
    .option('--all', 'show the other templates, too, and why they are not for you')
    .addOption(outputOption())
    .allowExcessArguments()
    .action(async (_flags, self: ParsedCommand<TemplatesOptions>) => {
      mustBeNoVerb(self)
      await run(async () => (await import('./list-templates.ts')).listTemplates, self.optsWithGlobals())
    })
  templates
    .command('test')
    .description('Try a template file before others use it: is it valid, and what could a user ask under it?')
    .usage('FILE --as USER [--as-group GROUP] [options]')
    .argument('<file>', 'the file with the template; - reads stdin')
    .option('--for, --duration <duration>', 'the duration that the user would ask for', durationText)
    .option('--reason <text>', 'the reason that the user would give', reasonText, 'to try the template')
    .option('--attribute <key=value>', 'an attribute that the user would give; repeatable', attributeText)
    .option('--param <name=value>', 'a value that the user would give to a parameter; repeatable', parameterText)
    .addHelpText(
      'after',
      '\nUSER is the user who would ask. You stay who you are: --as and --as-group do not change the login here.' +
        '\nNothing is stored.',
    )
    .action(async (file: string, _flags, self: ParsedCommand<Omit<TestTemplateOptions, 'file'> & ClusterChoice>) => {
      const { as: asker, asGroup: groups = [], ...rest } = self.optsWithGlobals()
      if (!asker) self.error('error: name the user who would ask with --as USER')
      const options: TestTemplateOptions = { ...rest, file, asker, groups }
      await run(async () => (await import('./test-template.ts')).testTemplate, options)
    })
}

/** Ends the program with a usage error if a word follows that names no verb. commander would say only that it is too many. */
function mustBeNoVerb(self: Command): void {
  const [word] = self.args
  if (word === undefined) return
  const known = self.commands.map((verb) => verb.name()).join(' or ')
  self.error(say`error: ${self.name()} has no verb ${word}. Did you mean ${known}?`)
}
