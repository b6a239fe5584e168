import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { onWholeLines } from '../../scripts/dev/whole-lines.ts'
import { containersOfKind } from './kind-containers.ts'
import { ownerVariable } from './owned-processes.ts'
import type { Startup } from './startup.ts'
import { waitUntil } from './wait-until.ts'

// The image of a node has some hundred megabytes, and the network may be slow.
const createDeadlineMs = 30 * 60_000
// Docker makes a container within a second, or within ten on a loaded machine.
const containerDeadlineMs = 60_000

// The begin and the end of a step, as kind writes them without a terminal.
const step = /^\s*[•✓✗]/

/** Runs `kind create cluster`, and shows its output. */
export async function createWithKind(startup: Startup, name: string, kubeconfig: string): Promise<void> {
  const child = spawn('kind', ['create', 'cluster', '--name', name, '--kubeconfig', kubeconfig], {
    // kind has a group of its own: Ctrl-C would end it while Docker makes the container, and the container would stay.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, [ownerVariable]: startup.dir },
  })
  const said: string[] = []
  onWholeLines(child.stderr, (line) => {
    said.push(line)
    if (step.test(line)) startup.log(`kind: ${line.trim()}`)
  })
  const ended = once(child, 'close') as Promise<[code: number | null]>
  const stop = AbortSignal.any([startup.signal, AbortSignal.timeout(createDeadlineMs)])
  const stopped = once(stop, 'abort').then(() => undefined)
  const end = stop.aborted ? undefined : await Promise.race([ended, stopped])
  if (end === undefined) {
    await untilNoContainerIsBeingMade(name, () => child.exitCode !== null || isAtTheImage(said))
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
    await ended
    startup.signal.throwIfAborted()
    throw new Error(`kind did not create the cluster within ${createDeadlineMs / 60_000} min`)
  }
  const [code] = end
  if (code !== 0) throw new Error(`\`kind create cluster\` ended with code ${code ?? '?'}:\n${said.join('\n')}`)
}

/**
 * Waits until Docker is not making a container any more. Docker goes on after kind has ended, and only a finished
 * container can be removed.
 */
async function untilNoContainerIsBeingMade(name: string, noneComes: () => boolean): Promise<void> {
  const wait = { what: `the container of ${name}`, deadlineMs: containerDeadlineMs }
  await waitUntil(wait, async () => noneComes() || (await containersOfKind(name)).length > 0)
}

/** True during the first step: no container is made before it ends. */
function isAtTheImage(said: readonly string[]): boolean {
  return said.findLast((line) => step.test(line))?.includes('Ensuring node image') ?? true
}
