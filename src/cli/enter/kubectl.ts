import { spawn, type ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { kubectlFlags, type ClusterChoice } from '../connection/flags.ts'
import type { ExitCode } from '../output/exit-code.ts'
import { Refusal } from '../output/failure.ts'
import { refusalFilter, refusedBy, type Refused } from './refusal.ts'

/** The end of a kubectl that may have been refused. */
export interface Tried {
  readonly code: ExitCode
  /** Undefined if it was not refused. Then the user has seen all its output. */
  readonly refused: Refused | undefined
}

/** Runs kubectl in the place of this program, with its input and output. Resolves to its exit code. */
export function runKubectl(choice: ClusterChoice, args: readonly string[]): Promise<ExitCode> {
  return ended(spawn('kubectl', argvOf(choice, args), { stdio: 'inherit' }))
}

/** Does the same as runKubectl, but does not show the text of a refusal. */
export async function tryKubectl(choice: ClusterChoice, args: readonly string[]): Promise<Tried> {
  const child = spawn('kubectl', argvOf(choice, args), { stdio: ['inherit', 'inherit', 'pipe'] })
  const filter = refusalFilter()
  // latin1 gives each byte a character, so that no byte of a command's output is lost.
  child.stderr.setEncoding('latin1').on('data', (piece: string) => {
    showBytes(filter.take(piece))
  })
  const code = await ended(child)
  const refused = code === 1 ? refusedBy(filter.held()) : undefined
  if (!refused) showBytes(filter.held())
  return { code, refused }
}

/** Runs a kubectl that only reads. Resolves to what it printed. */
export async function readKubectl(
  choice: ClusterChoice,
  args: readonly string[],
): Promise<{ readonly code: ExitCode; readonly stdout: string; readonly stderr: string }> {
  const child = spawn('kubectl', argvOf(choice, args), { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (piece: string) => (output[name] += piece))
  }
  const code = await ended(child)
  return { code, ...output }
}

/** Shows what kubectl wrote to stderr, as tryKubectl read it: in latin1. */
export function showBytes(bytes: string): void {
  if (bytes !== '') process.stderr.write(Buffer.from(bytes, 'latin1'))
}

/** The flags come first: what follows `--` belongs to the command in the pod. */
function argvOf(choice: ClusterChoice, args: readonly string[]): string[] {
  return [...kubectlFlags(choice), ...args]
}

/**
 * Resolves to the exit code of a child, as a shell reports it. A terminal sends Ctrl-C to the child, too, and the child
 * decides what comes of it. A SIGTERM is passed on.
 */
async function ended(child: ChildProcess): Promise<ExitCode> {
  const leaveToChild = () => undefined
  const passOn = () => child.kill('SIGTERM')
  process.on('SIGINT', leaveToChild)
  process.on('SIGTERM', passOn)
  try {
    return await new Promise<ExitCode>((resolve, reject) => {
      child.once('error', (error) => {
        reject(new Refusal(`kubectl cannot be run: ${error.message}. Install it, or put it on your PATH.`))
      })
      child.once('close', (code, signal) => {
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
      })
    })
  } finally {
    process.removeListener('SIGINT', leaveToChild)
    process.removeListener('SIGTERM', passOn)
  }
}
