import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts } from './free-port.ts'
import { ownerVariable } from './owned-processes.ts'
import type { Startup } from './startup.ts'
import { waitUntil } from './wait-until.ts'

// The slowest (the API server, a node's first status) takes 5 s on two idle cores. A loaded machine may need ten times
// as long.
const readyDeadlineMs = 90_000
// A component says in its last lines why it gave up. Go's panics are longer.
const tailLines = 25

export interface Daemon {
  readonly pid: number
  /** Returns how the process ended, or undefined while it runs. */
  readonly ended: () => string | undefined
  readonly logTail: () => string
}

export interface DaemonSpec {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}

/** Starts a process that goes on after this one has ended. Its output goes to D/log. */
export function startDaemon(startup: Startup, { name, command, args }: DaemonSpec): Daemon {
  startup.signal.throwIfAborted()
  const logFile = logFileOf(startup.dir, name)
  const output = openSync(logFile, 'a')
  // Nothing else of our environment is passed on: with the user's proxy settings the API server would not find its
  // kubelet.
  const env = { PATH: process.env['PATH'], HOME: startup.dir, [ownerVariable]: startup.dir }
  const child = spawn(command, args, { detached: true, stdio: ['ignore', output, output], cwd: '/', env })
  closeSync(output)
  let ended: string | undefined
  child.on('error', (error) => (ended = error.message))
  child.on('exit', (code, signal) => (ended = `it ended with ${signal ?? `code ${code ?? '?'}`}`))
  child.unref()
  return { pid: child.pid ?? 0, ended: () => ended, logTail: () => tail(name, logFile) }
}

/**
 * Waits for a sign that a daemon works. If the daemon ends early, or at the deadline, this fails with the end of its
 * log.
 */
export async function waitForDaemon(
  startup: Startup,
  { name, daemon, ready }: { name: string; daemon: Daemon; ready: () => boolean | Promise<boolean> },
): Promise<void> {
  const wait = {
    what: `the readiness of ${name}`,
    deadlineMs: readyDeadlineMs,
    signal: startup.signal,
    evidence: daemon.logTail,
  }
  await waitUntil(wait, () => {
    const ended = daemon.ended()
    if (ended !== undefined) throw new Error(`${name} did not start: ${ended}\n${daemon.logTail()}`)
    return ready()
  })
}

export interface Listener {
  readonly name: string
  readonly command: string
  readonly ports: number
  readonly args: (ports: readonly number[]) => readonly string[]
  readonly ready: (ports: readonly number[]) => boolean | Promise<boolean>
}

/**
 * Starts a daemon on free ports. If somebody took one before the daemon could bind it, it starts once more on others.
 */
export async function startListener(startup: Startup, listener: Listener, retry = true): Promise<readonly number[]> {
  const ports = await freePorts(listener.ports)
  const daemon = startDaemon(startup, { ...listener, args: listener.args(ports) })
  try {
    await waitForDaemon(startup, { name: listener.name, daemon, ready: () => listener.ready(ports) })
    return ports
  } catch (error) {
    const isTaken = daemon.ended() !== undefined && daemon.logTail().includes('address already in use')
    if (!retry || !isTaken) throw error
    startup.log(`${listener.name}: a port was taken meanwhile, trying others`)
    return startListener(startup, listener, false)
  }
}

/** True if a daemon has written these words to its log. */
export function hasLogged({ dir }: Pick<Startup, 'dir'>, name: string, words: string): boolean {
  return readFileSync(logFileOf(dir, name), 'utf8').includes(words)
}

function logFileOf(dir: string, name: string): string {
  return join(dir, 'log', `${name}.log`)
}

function tail(name: string, logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n')
  return [`--- the end of ${name}'s log:`, ...lines.slice(-tailLines)].join('\n')
}
