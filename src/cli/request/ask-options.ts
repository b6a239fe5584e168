import { Option, type Command } from 'commander'
import type { ClusterChoice } from '../connection/flags.ts'
import { objectOutputOption, type ObjectFormat } from '../output/formats.ts'
import { attributeText, durationText, objectName, reasonText, startText } from '../verb/usage-values.ts'

/** The options that every request takes. */
export interface AskOptions extends ClusterChoice {
  /** The AccessTemplate to ask under. At most one of `template` and `clusterTemplate` is set. */
  readonly template?: string
  readonly clusterTemplate?: string
  /** Asked for if left out. */
  readonly reason?: string
  readonly duration?: string
  readonly attribute?: Readonly<Record<string, string>>
  readonly name?: string
  /** The longest time to wait; true: until the request is ready or has ended. */
  readonly wait?: string | true
  /** The time at which the access is to begin, as `startTime` reads it. */
  readonly at?: string
  /** Without it, the request is made. */
  readonly dryRun?: DryRun
  /** The format in which a program reads the request. */
  readonly output?: ObjectFormat
}

const dryRuns = ['client', 'server'] as const

/** The part of the work that is done without making a request. */
type DryRun = (typeof dryRuns)[number]

/** Adds a verb to `request`, with the options that every request takes. */
export function asking(request: Command, name: string, description: string): Command {
  const verb = request.command(name).description(description)
  return withTerms(verb)
    .option('--name <name>', 'the name of the request; by default one is generated', objectName)
    .option('--wait [timeout]', 'wait until the access is ready, at most so long, such as --wait=10m', durationText)
    .option(
      '--at <time>',
      'the access begins then: 14:30 by the clock of this machine, +2h, or 2026-11-22T08:00:00Z',
      startText,
    )
    .addOption(
      new Option(
        '--dry-run <where>',
        'make no request: client prints what would be sent, server asks if it would be taken',
      ).choices(dryRuns),
    )
    .addOption(objectOutputOption('print the request in this format, and all else to stderr'))
}

/** Adds the options that say under which template a request is made, why, and for how long. */
export function withTerms(verb: Command): Command {
  const clusterWide = new Option('--cluster-template <name>', 'the ClusterAccessTemplate to ask under')
  return verb
    .option('--template <name>', 'the AccessTemplate to ask under (kubectl access templates shows them)', objectName)
    .addOption(clusterWide.argParser(objectName).conflicts('template'))
    .option('--reason <text>', 'why you need access; approvers read it. You are asked if you leave it out', reasonText)
    .option(
      '--for, --duration <duration>',
      "for how long, such as 30m; by default the template's, or 1h without a template",
      durationText,
    )
    .option(
      '--attribute <key=value>',
      "what a template or your organisation's validators ask for, such as ticket=OPS-42; repeatable",
      attributeText,
    )
}

export function mustBeUnderTemplate(self: Command): void {
  if (!isUnderTemplate(self.opts())) self.error('error: name a template with --template or --cluster-template')
}

export function isUnderTemplate({ template, clusterTemplate }: AskOptions): boolean {
  return template !== undefined || clusterTemplate !== undefined
}
