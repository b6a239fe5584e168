import { writeFileSync } from 'node:fs'
import { shellWords } from '../../decision/text/argv.ts'
import { say } from '../../decision/text/sentence.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { Refusal } from '../output/failure.ts'
import { warn } from '../output/output.ts'
import { convertAll } from './convert-all.ts'
import type { Outcome } from './outcome.ts'
import type { MigrateOptions } from './migrate-verb.ts'
import { documentsOf } from './read/documents.ts'
import { readInputs } from './read/files.ts'
import { joinedConfig } from './write/joined-config.ts'
import { configText, jsonText, yamlText } from './write/output.ts'
import { countsOf, reportText } from './write/report.ts'

/**
 * Writes Sallyport's objects for those of the four systems to standard output, and a report of all that has no equal.
 */
export function migrate({ filename, output, report, requests = false, namespace }: MigrateOptions): Promise<ExitCode> {
  const { documents, unreadable } = documentsOf(readInputs(filename))
  const outcomes = convertAll(documents, namespace)
  const config = requests ? {} : joinedConfig(outcomes)
  const objects = outcomes.flatMap((one) => (requests ? one.requests : one.objects))
  process.stdout.write(output === 'json' ? jsonText(objects) : yamlText(objects, config))

  const told = [reportText(outcomes, unreadable), ...unwritten(outcomes, filename, requests)]
  if (Object.keys(config).length > 0)
    told.push(`Add this to the config of Sallyport before you apply the objects:\n${configText(config).trimEnd()}`)
  if (report === undefined) warn(told.join('\n'))
  else {
    written(report, `${told.join('\n')}\n`)
    warn(say`${countsOf(outcomes, unreadable)} The report is in ${report}.`)
  }
  const isWrong = unreadable.length > 0 || outcomes.some(({ result }) => result === 'Refused')
  return Promise.resolve(isWrong ? exitCode.error : exitCode.done)
}

/** Says which objects were converted, and belong to other people. */
function unwritten(outcomes: readonly Outcome[], files: readonly string[], requests: boolean): readonly string[] {
  const others = outcomes.flatMap((one) => (requests ? one.objects : one.requests)).length
  if (others === 0) return []
  const words = files.flatMap((file) => ['-f', file])
  const command = shellWords(['kubectl', 'access', 'migrate', ...(requests ? [] : ['--requests']), ...words])
  const pipe = requests ? 'kubectl apply -f -' : 'kubectl create -f -'
  const who = requests ? 'for an administrator' : 'as requests'
  const why = requests
    ? ''
    : ' A request belongs to the person who applies it. That person runs, under their own login:'
  const run = command === undefined ? '' : `\n  ${command} | ${pipe}`
  return [`Converted ${who}, and not written: ${others}.${why}${requests ? ' An administrator runs:' : ''}${run}`]
}

/** @throws Refusal with the name of the file */
function written(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new Refusal(say`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`)
  }
}
