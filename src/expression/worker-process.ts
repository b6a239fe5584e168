import { fork, type ChildProcess } from 'node:child_process'
import { expressionsArgument, ownProgram } from '../own-program.ts'
import { computingTime } from './computing-time.ts'
import type { Job, Reply } from './worker.ts'

/** A process that evaluates expressions, one at a time. */
export interface WorkerProcess {
  readonly pid: number | undefined
  /** True if it can be asked, now or once it has started. */
  readonly isAlive: () => boolean
  /** Resolves to true if the process started in time. */
  readonly started: Promise<boolean>
  /**
   * Evaluates one job.
   * @param limitMs the limit of computing, if the system tells how much that was; the total is at most ten times as
   * long
   */
  readonly ask: (job: Job, limitMs: number) => Promise<Reply | Unanswered>
  readonly kill: () => void
}

/**
 * The reason why an answer is missing. `too much`: the process computed for too long, or ended by itself because it
 * needed too much memory. `interrupted`: somebody killed the process, or the machine gave it no time. In both cases it
 * is not asked again.
 */
type Unanswered = 'too much' | 'interrupted'

// A thread is not enough, because of memory: if V8 cannot get a large piece, it ends the whole process, even with
// limits.
const heapMb = 32
const startMs = 10_000

export function startWorker(): WorkerProcess {
  const child = fork(ownProgram, [expressionsArgument], {
    // It sees only what it is sent, and may only compute.
    env: {},
    execArgv: [`--max-old-space-size=${heapMb}`, '--permission', '--allow-fs-read=*'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  // An error shows itself, because no message comes. Without a listener the error would end us.
  child.on('error', () => undefined)
  // The worker must not keep alive a process that has nothing else to do.
  child.unref()
  child.channel?.unref()

  const kill = (): void => {
    child.kill('SIGKILL')
  }
  return {
    pid: child.pid,
    isAlive: () => child.connected && !child.killed,
    started: nextMessage(child, startMs).then((message) => {
      if (message.kind !== 'message') kill()
      return message.kind === 'message'
    }),
    async ask(job, limitMs) {
      const computed = computingTime(child.pid)
      const until = performance.now() + limitMs * maxBusy
      child.send(job)
      for (let left = limitMs; left > 0; left = limitMs - computed()) {
        const next = await nextMessage(child, Math.max(left, shortestMs))
        if (next.kind === 'message') return next.message as Reply
        const isOver = next.kind === 'ended' || performance.now() > until
        if (!isOver) continue
        const byItself = endedByItself(child)
        kill()
        return byItself ? 'too much' : 'interrupted'
      }
      kill()
      return 'too much'
    },
    kill,
  }
}

/**
 * True if the process ended by itself: V8 aborts without memory. Others send SIGKILL. A process that could not even be
 * asked has no code yet.
 */
function endedByItself({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || (signalCode !== null && signalCode !== 'SIGKILL')
}

type WorkerMessage = { readonly kind: 'message'; readonly message: unknown } | { readonly kind: 'late' | 'ended' }

function nextMessage(child: ChildProcess, limitMs: number): Promise<WorkerMessage> {
  return new Promise((resolve) => {
    const settle = (next: WorkerMessage): void => {
      clearTimeout(timer)
      child.off('message', onMessage)
      for (const event of endings) child.off(event, onEnd)
      resolve(next)
    }
    const onMessage = (message: unknown): void => {
      settle({ kind: 'message', message })
    }
    const onEnd = (): void => {
      settle({ kind: 'ended' })
    }
    const onTime = (): void => {
      settle({ kind: 'late' })
    }
    // If we were busy, the timer is due before we have read a message that is there already: so read first.
    const timer = setTimeout(() => setImmediate(onTime), limitMs)
    child.once('message', onMessage)
    for (const event of endings) child.once(event, onEnd)
  })
}

// The channel may end some moments before the process, and only the end of the process shows its cause.
const endings = ['exit', 'error'] as const

// On a busy machine a process may get a tenth of a processor. The expression is not the cause of that.
const maxBusy = 10
// Linux counts in hundredths of a second.
const shortestMs = 10
