import { spawn } from 'node:child_process'

export interface CommandOptions {
  readonly input?: string
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  /** Receives stderr as it comes, for commands that take minutes. */
  readonly onProgress?: (chunk: string) => void
}

/** The error for a command that ended with another code than 0, or could not be started. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly stderr: string

  constructor(command: string, outcome: string, stderr: string) {
    super(`\`${command}\` ${outcome}${stderr && `: ${stderr.trim()}`}`)
    this.stderr = stderr
  }
}

/** Runs a command to its end and returns what it printed. */
export function runCommand(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const command = [file, ...args].join(' ')
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    signal: options.signal,
    timeout: options.timeoutMs,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
    options.onProgress?.(chunk)
  })
  child.on('error', (error) => {
    reject(new CommandFailed(command, `did not run (${error.message})`, stderr))
  })
  child.on('close', (code, signal) => {
    if (code === 0) resolve(stdout)
    else reject(new CommandFailed(command, `ended with ${signal ?? `code ${code ?? '?'}`}`, stderr))
  })
  // If a child ends without reading its input, its exit code tells, not EPIPE here.
  child.stdin.on('error', () => undefined).end(options.input ?? '')
  return promise
}
