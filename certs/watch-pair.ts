import { watch } from 'node:fs'
import { dirname } from 'node:path'
import type { KeyPair } from './authority.ts'
import { readPair, type PairFiles } from './key-pair.ts'

export interface PairWatcher {
  readonly onPair: (pair: KeyPair) => void
  /** A pair that cannot be used; the one before stays. */
  readonly onProblem: (problem: string) => void
}

// Certificate and key are two files and change one after the other.
const settleMs = 100
// The back-stop for file systems that report no changes; what controller-runtime's certwatcher does.
const pollMs = 10_000

/**
 * Reports each new pair in the files until the signal fires, starting with `current`.
 * The folders are watched, not the files: the kubelet replaces a Secret's files by swapping a link beside them.
 */
export function watchPair(files: PairFiles, current: KeyPair, watcher: PairWatcher, signal: AbortSignal): void {
  let seen: KeyPair = current
  let lastProblem: string | undefined
  let settling: NodeJS.Timeout | undefined

  function check(): void {
    const result = readPair(files, new Date())
    if (result.ok) {
      lastProblem = undefined
      if (result.pair.cert === seen.cert && result.pair.key === seen.key) return
      seen = result.pair
      watcher.onPair(result.pair)
    } else if (result.problem !== lastProblem) {
      lastProblem = result.problem
      watcher.onProblem(result.problem)
    }
  }
  function checkSoon(): void {
    clearTimeout(settling)
    settling = setTimeout(check, settleMs).unref()
  }

  for (const folder of new Set([dirname(files.certFile), dirname(files.keyFile)]))
    watchFolder(folder, checkSoon, signal)
  const poll = setInterval(check, pollMs).unref()
  signal.addEventListener('abort', () => {
    clearInterval(poll)
    clearTimeout(settling)
  })
}

/** As well as it can: where a folder is gone, or the machine has no watch left (inotify's limits), the poll goes on. */
function watchFolder(folder: string, onChange: () => void, signal: AbortSignal): void {
  try {
    watch(folder, { signal, persistent: false }, onChange).on('error', () => undefined)
  } catch {
    // That it cannot begin is thrown, and not told as an error.
  }
}
