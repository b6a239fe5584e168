import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import type { Work } from './startup.ts'

const progressMs = 10_000

/**
 * Runs something that one process of this machine may do at a time. The kernel takes the lock back from whoever dies.
 * @param doing completes the sentence "waiting for another process, which …"
 */
export async function withLock<T>(path: string, doing: string, work: Work, act: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true })
  // Node has no flock(2). This one says when it has the lock, and keeps it until its input ends, as it does when we die.
  const holding = ['--no-fork', path, 'sh', '-c', 'echo held; exec cat']
  const holder = spawn('flock', holding, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(holder, 'close')
  // What goes wrong is told where it is waited for.
  ended.catch(() => undefined)
  try {
    await untilHeld(holder, ended, doing, work)
    return await act()
  } finally {
    holder.stdin.end()
    await ended.catch(() => undefined)
  }
}

type Holder = ChildProcessByStdio<Writable, Readable, null>

async function untilHeld(holder: Holder, ended: Promise<unknown>, doing: string, work: Work): Promise<void> {
  const waiting = setInterval(() => {
    work.log(`waiting for another process, which ${doing}`)
  }, progressMs)
  const giveUp = (): void => void holder.kill()
  work.signal.addEventListener('abort', giveUp)
  try {
    const isHeld = await Promise.race([once(holder.stdout, 'data').then(() => true), ended.then(() => false)])
    work.signal.throwIfAborted()
    if (!isHeld)
      throw new Error(`flock ended without a lock, with ${holder.signalCode ?? `code ${holder.exitCode ?? '?'}`}`)
  } finally {
    clearInterval(waiting)
    work.signal.removeEventListener('abort', giveUp)
  }
}
