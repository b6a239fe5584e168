// kubectl runs this program for `kubectl access`, where it is on the PATH as kubectl-access.
import { CommanderError } from 'commander'
import { exitCode, endWithOutput } from './output.ts'
import { createProgram, type Verbs } from './program.ts'

// undici needs it.
const needed = { major: 22, minor: 19 }

const verbs: Verbs = {
  request: {
    exec: async (options) => (await import('./kinds/request-exec.ts')).requestExec(options),
    shell: async (options) => (await import('./kinds/request-shell.ts')).requestShell(options),
    role: async (options) => (await import('./kinds/request-role.ts')).requestRole(options),
  },
  templates: async (options) => (await import('./list-templates.ts')).listTemplates(options),
  grant: async (options) => (await import('./grant.ts')).grant(options),
  deny: async (options) => (await import('./deny.ts')).deny(options),
  revoke: async (options) => (await import('./revoke.ts')).revoke(options),
  auditVerify: async (options) => (await import('./audit-verify.ts')).auditVerify(options),
}

async function run(args: readonly string[]): Promise<number> {
  if (!isNewEnough(process.versions.node)) {
    const { major, minor } = needed
    process.stderr.write(
      `kubectl-access needs Node ${major}.${minor} or newer; this is ${process.versions.node}. Install a newer Node.\n`,
    )
    return exitCode.refused
  }
  const dashes = args.indexOf('--')
  const command = dashes === -1 ? undefined : args.slice(dashes + 1)
  if (command?.length === 0) {
    process.stderr.write('No command follows "--". Add one, or leave "--" out to ask for ANY command.\n')
    return exitCode.usage
  }
  let code: number = exitCode.done
  const program = createProgram(verbs, command, (ended) => (code = ended))
  try {
    await program.parseAsync(dashes === -1 ? args : args.slice(0, dashes), { from: 'user' })
    return code
  } catch (error) {
    // commander has printed what is wrong. Its exit code is 0 for output that the user asked for, such as --help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage
    const { sentenceOf } = await import('./failure.ts')
    process.stderr.write(`${sentenceOf(error)}\n`)
    return exitCode.refused
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > needed.major || (major === needed.major && minor >= needed.minor)
}

endWithOutput()
process.exitCode = await run(process.argv.slice(2))
