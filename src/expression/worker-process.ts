import { fork, type ChildProcess } from 'node:child_process'
import type { Job, Reply } from './worker.ts'

/** A process that evaluates expressions, one at a time. */
export interface WorkerProcess {
  /** Whether it can be asked, now or once it has started. */
  readonly isAlive: () => boolean
  /** Whether it came up in time. */
  readonly started: Promise<boolean>
  /** @returns undefined where it was killed, as it took longer than this, or ended by itself, as it needed too much memory */
  readonly ask: (job: Job, limitMs: number) => Promise<Reply | undefined>
  readonly kill: () => void
}

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
    isAlive: () => child.connected && !child.killed,
    started: nextMessage(child, startMs).then((message) => {
      if (message === undefined) kill()
      return message !== undefined
    }),
    async ask(job, limitMs) {
      const reply = nextMessage(child, limitMs)
      child.send(job)
      const message = await reply
      if (message === undefined) kill()
      return message as Reply | undefined
    },
    kill,
  }
}

/** Undefined where the child ends first, or none comes in time. */
function nextMessage(child: ChildProcess, limitMs: number): Promise<unknown> {
  return new Promise((resolve) => {
    const settle = (message?: unknown): void => {
      clearTimeout(timer)
      child.off('message', settle)
      for (const event of ended) child.off(event, end)
      resolve(message)
    }
    const end = (): void => {
      settle()
    }
    const ended = ['exit', 'error', 'disconnect'] as const
    // Where we were busy ourselves the timer is due before we have read what has been there for long: first read.
    const timer = setTimeout(() => setImmediate(end), limitMs)
    child.once('message', settle)
    for (const event of ended) child.once(event, end)
  })
}
