import { onPath } from './node-tools.ts'
import { runCommand } from './run-command.ts'

/** Whether containers can be made here, and if not, why. */
export type DockerState =
  { readonly answers: true; readonly version: string } | { readonly answers: false; readonly reason: string }

// A Docker that is there answers at once; a stopped one must not hold `up`.
const answerTimeoutMs = 5_000

export async function dockerState(): Promise<DockerState> {
  if (onPath('docker') === undefined) return { answers: false, reason: 'docker is not on PATH' }
  try {
    const version = await askDocker(['version', '--format', '{{.Server.Version}}'])
    return { answers: true, version: version.trim() }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    return { answers: false, reason: `Docker does not answer (${said.split('\n')[0] ?? ''})` }
  }
}

/** Runs a command of docker that answers at once. */
export function askDocker(args: readonly string[]): Promise<string> {
  return runCommand('docker', args, { timeoutMs: answerTimeoutMs })
}
