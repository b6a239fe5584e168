import { Option, type Command } from 'commander'
import type { ClusterChoice } from './where.ts'
import { attributeText, durationText, objectName, reasonText } from './usage-values.ts'

/** What every request may say. */
export interface AskOptions extends ClusterChoice {
  /** The AccessTemplate, or the ClusterAccessTemplate, under which is asked; at most one of them. */
  readonly template?: string
  readonly clusterTemplate?: string
  readonly reason: string
  readonly duration?: string
  readonly attribute?: Readonly<Record<string, string>>
  readonly name?: string
  /** For how long, or true: until the request is ready or has ended. */
  readonly wait?: string | true
}

/** A command of commander's, whose options are known. */
export interface ParsedCommand<T> {
  optsWithGlobals(): T
}

/**
 * Adds the verb of one kind of access to `request`.
 * @param run what the verb does with its options
 * @param command what stands behind `--`; undefined where there is no `--`
 */
export type AddVerb<Options> = (
  request: Command,
  run: (options: Options) => Promise<void>,
  command: readonly string[] | undefined,
) => void

/** Adds a verb that asks, with what every request may say. */
export function asking(request: Command, name: string, description: string): Command {
  const clusterWide = new Option('--cluster-template <name>', 'the ClusterAccessTemplate under which to ask')
  return request
    .command(name)
    .description(description)
    .option('--template <name>', 'the AccessTemplate under which to ask (kubectl access templates)', objectName)
    .addOption(clusterWide.argParser(objectName).conflicts('template'))
    .requiredOption('--reason <text>', 'why; approvers read it', reasonText)
    .option('--duration <duration>', "for how long, as 30m; the template's, or 1h, where left out", durationText)
    .option(
      '--attribute <key=value>',
      "what a template or the organisation's validators want to know; repeatable",
      attributeText,
    )
    .option('--name <name>', 'name of the request; one is made up where left out', objectName)
    .option('--wait [timeout]', 'wait until the access is ready, or for so long, as --wait=10m', durationText)
}

export function mustBeUnderTemplate(options: AskOptions, self: Command): void {
  if (!isUnderTemplate(options)) self.error('error: name a template with --template or --cluster-template')
}

export function isUnderTemplate({ template, clusterTemplate }: AskOptions): boolean {
  return template !== undefined || clusterTemplate !== undefined
}
