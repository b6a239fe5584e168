import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import type { Work } from './startup.ts'

const progressMs = 10_000

/**
 * Runs work that only one process of this machine may do at a time. If that process dies, the kernel frees the lock.
 * @param doing completes the sentence "waiting for another process, which …"
 */
export async function withLock<T>(path: string, doing: string, work: Work, act: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true })
  // Node has no flock(2). This child says when it has the lock. It keeps the lock until its input ends, which also
  // happens when we die.
  const holding = ['--no-fork', path, 'sh', '-c', 'echo held; exec cat']
  const holder = spawn('flock', holding, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(holder, 'close')
  // The error is reported where `ended` is awaited.
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
