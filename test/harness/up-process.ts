import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { waitUntil } from '../cluster/wait-until.ts'

const script = fileURLToPath(new URL('../../scripts/cluster.ts', import.meta.url))

// As long as a loaded machine may need for a whole cluster.
const deadlineMs = 120_000

export interface UpProcess {
  readonly output: () => string
  readonly waitFor: (what: string, condition: () => boolean) => Promise<void>
  /** Sends the signal and waits for the end. Returns the exit code, or null after a SIGKILL. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>
}

/** Starts `npm run cluster -- up` as a process that can be killed. */
export function startUp(dir: string, env: NodeJS.ProcessEnv = {}): UpProcess {
  const child = spawn(process.execPath, [script, 'up', '--dir', dir], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  }
  const ended = once(child, 'exit')
  return {
    output: () => output,
    waitFor: (what, condition) =>
      waitUntil({ what, deadlineMs, evidence: () => output }, () => {
        if (child.exitCode !== null) throw new Error(`up ended before ${what}:\n${output}`)
        return condition()
      }),
    end: async (signal) => {
      child.kill(signal)
      await ended
      return child.exitCode
    },
  }
}
