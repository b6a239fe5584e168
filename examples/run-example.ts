import { parseArgs, type ParseArgsConfig } from 'node:util'

/** A fault that the person at the terminal can mend. */
export class Problem extends Error {}

type Values<T extends NonNullable<ParseArgsConfig['options']>> = ReturnType<typeof parseArgs<{ options: T }>>['values']

interface Example<T extends NonNullable<ParseArgsConfig['options']>> {
  /** Printed for `--help`. */
  readonly usage: string
  readonly options: T
  /** Resolves to a line that says what runs now. */
  readonly start: (values: Values<T>) => Promise<string>
}

/** Starts an example by its command line. Each fault is a sentence on stderr: exit code 2 for wrong arguments, 1 for all else. */
export async function runExample<T extends NonNullable<ParseArgsConfig['options']>>({
  usage,
  options,
  start,
}: Example<T>): Promise<void> {
  if (process.argv.includes('--help')) {
    console.log(usage)
    return
  }
  try {
    console.log(await start(parseArgs<{ options: T }>({ options }).values))
  } catch (error) {
    const isUsage = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
    console.error(error instanceof Error ? error.message : error)
    if (isUsage) console.error('--help prints the arguments.')
    process.exitCode = isUsage ? 2 : 1
  }
}

/** Writes a word as a shell would read it back. */
export function shellWord(word: string): string {
  return /^[\w/:=.,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
