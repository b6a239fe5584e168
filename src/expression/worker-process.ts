import { fork, type ChildProcess } from 'node:child_process'
import { computingTime } from './computing-time.ts'
import type { Job, Reply } from './worker.ts'

/** A process that evaluates expressions, one at a time. */
export interface WorkerProcess {
  readonly pid: number | undefined
  /** Whether it can be asked, now or once it has started. */
  readonly isAlive: () => boolean
  /** Whether it came up in time. */
  readonly started: Promise<boolean>
  /**
   * @param limitMs of computing, where the system tells how much that was; never more than ten times as long in all
   */
  readonly ask: (job: Job, limitMs: number) => Promise<Reply | Unanswered>
  readonly kill: () => void
}

/**
 * `too much`: it computed for longer, or its process ended by itself, as it needed too much memory. `interrupted`: somebody else killed
 * the process, or the machine gave it no time. Either way it is asked no more.
 */
type Unanswered = 'too much' | 'interrupted'

// A thread would do, but for memory: where V8 cannot get a large piece of it, it ends the whole process, limits or not.
const program = new URL('./worker.ts', import.meta.url)
const heapMb = 32
const startMs = 10_000

export function startWorker(): WorkerProcess {
  const child = fork(program, {
    // It sees nothing but what it is sent, and may do nothing but compute.
    env: {},
    execArgv: [`--max-old-space-size=${heapMb}`, '--permission', '--allow-fs-read=*'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  // What went wrong shows in that no message comes; unheard it would end us.
  child.on('error', () => undefined)
  // Not what keeps a process up that has nothing else to do.
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

/** Without memory V8 aborts. SIGKILL is sent by others, and what could not even be asked has no code yet. */
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
    // Where we were busy ourselves the timer is due before we have read what has been there for long: first read.
    const timer = setTimeout(() => setImmediate(onTime), limitMs)
    child.once('message', onMessage)
    for (const event of endings) child.once(event, onEnd)
  })
}

// The channel may be gone some moments before the process is, which alone tells by what.
const endings = ['exit', 'error'] as const

// On a machine that is busy a process may get a tenth of a processor, which is no fault of the expression.
const maxBusy = 10
// Linux counts in hundredths of a second.
const shortestMs = 10
