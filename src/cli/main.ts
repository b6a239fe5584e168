// kubectl runs this program for `kubectl access`, where it is on the PATH as kubectl-access.
import { CommanderError } from 'commander'
import { keepCompiled } from './compile-cache.ts'
import { exitCode, type ExitCode } from './output/exit-code.ts'
import { exitCodeOf, sentenceOf } from './output/failure.ts'
import { endWithOutput } from './output/output.ts'
import { createProgram } from './program.ts'
import type { CommandLine } from './verb/verb.ts'

// undici needs it.
const needed = { major: 22, minor: 19 }

async function run(args: readonly string[]): Promise<ExitCode> {
  if (!isNewEnough(process.versions.node)) {
    const { major, minor } = needed
    process.stderr.write(
      `kubectl-access needs Node ${major}.${minor} or newer; this is ${process.versions.node}. Install a newer Node.\n`,
    )
    return exitCode.error
  }
  const dashes = args.indexOf('--')
  const command = dashes === -1 ? undefined : args.slice(dashes + 1)
  if (command?.length === 0) {
    process.stderr.write('No command follows "--". Add one, or leave "--" out to ask for ANY command.\n')
    return exitCode.usage
  }
  let code: ExitCode = exitCode.done
  const line: CommandLine = {
    command,
    async run(load, options) {
      const work = await load()
      code = await work(options)
    },
  }
  try {
    const words = dashes === -1 ? args : args.slice(0, dashes)
    await createProgram(line, words[0]).parseAsync(words, { from: 'user' })
    return code
  } catch (error) {
    // commander has printed what is wrong. Its exit code is 0 for output that the user asked for, such as --help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage
    process.stderr.write(`${sentenceOf(error)}\n`)
    return exitCodeOf(error)
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > needed.major || (major === needed.major && minor >= needed.minor)
}

endWithOutput()
keepCompiled()
process.exitCode = await run(process.argv.slice(2))
