import { onPath } from './node-tools.ts'
import { runCommand } from './run-command.ts'

/** The state of Docker: ready to make containers, or the reason why not. */
export type DockerState =
  { readonly answers: true; readonly version: string } | { readonly answers: false; readonly reason: string }

// A Docker that runs answers at once. A stopped one must not keep `up` waiting.
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

/** Runs a docker command that answers at once. */
export function askDocker(args: readonly string[]): Promise<string> {
  return runCommand('docker', args, { timeoutMs: answerTimeoutMs })
}
