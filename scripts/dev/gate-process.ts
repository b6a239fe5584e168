import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onWholeLines } from './whole-lines.ts'

export interface GateProcess {
  readonly pid: number
  readonly port: number
  readonly healthPort: number
  /** Resolves when the process has ended, to a text that says how. */
  readonly ended: Promise<string>
  /** Returns the number of decisions that the gate has logged for this name so far. */
  decisionsFor(name: string): number
  /** Sends SIGTERM, and waits for the end of the drain. */
  stop(): Promise<void>
}

const main = fileURLToPath(new URL('../../src/program.ts', import.meta.url))

/** Runs src/program.ts and resolves once it serves. Its log is passed on to our stdout. */
export async function startGate(config: string, kubeconfig: string): Promise<GateProcess> {
  const child = spawn(process.execPath, [main, '--config', config, '--kubeconfig', kubeconfig], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Ctrl-C reaches the whole foreground group, and the gate must live longer than its webhook configuration.
    detached: true,
  })
  const decisions = new Map<string, number>()
  const ended = once(child, 'exit').then(([code, signal]) => String(signal ?? `code ${String(code)}`))
  const serving = new Promise<{ port: number; healthPort: number }>((resolve) => {
    onWholeLines(child.stdout, (text) => {
      console.log(text)
      const line = lineOf(text)
      if (line.msg === 'serving') resolve({ port: line.port ?? 0, healthPort: line.healthPort ?? 0 })
      if (line.msg === 'admission decided') decisions.set(line.name ?? '', (decisions.get(line.name ?? '') ?? 0) + 1)
    })
  })
  const ports = await Promise.race([serving, ended])
  if (typeof ports === 'string') throw new Error(`the gate did not start: it ended with ${ports}`)
  if (child.pid === undefined) throw new Error('the gate did not start')
  return {
    pid: child.pid,
    ...ports,
    ended,
    decisionsFor: (name) => decisions.get(name) ?? 0,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

interface LogLine {
  readonly msg?: string
  readonly port?: number
  readonly healthPort?: number
  readonly name?: string
}

function lineOf(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine
  } catch {
    return {}
  }
}
