import { watch } from 'node:fs'
import { dirname } from 'node:path'

export type FileResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string }

export interface Watched<T> {
  readonly files: readonly string[]
  readonly read: () => FileResult<T>
  readonly isSame: (one: T, other: T) => boolean
  /** Gets the value that the files hold now. After a problem, this may be the value before it. */
  readonly onChange: (value: T) => void
  /** Gets the problem of content that cannot be used; the value before stays. */
  readonly onProblem: (problem: string) => void
}

// Files that belong together change one after the other.
const settleMs = 100
// The fallback for file systems that report no changes. controller-runtime's certwatcher does the same.
const pollMs = 10_000

/**
 * Reports each new content of the files until the signal fires, starting with `current`.
 * The folders are watched, not the files: the kubelet replaces a Secret's files by swapping a link beside them.
 */
export function watchFiles<T>(watched: Watched<T>, current: T, signal: AbortSignal): void {
  const { files, read, isSame, onChange, onProblem } = watched
  let seen = current
  let lastProblem: string | undefined
  let settling: NodeJS.Timeout | undefined

  function check(): void {
    const result = read()
    if (result.ok) {
      const isMended = lastProblem !== undefined
      lastProblem = undefined
      if (isSame(result.value, seen) && !isMended) return
      seen = result.value
      onChange(result.value)
    } else if (result.problem !== lastProblem) {
      lastProblem = result.problem
      onProblem(result.problem)
    }
  }
  function checkSoon(): void {
    clearTimeout(settling)
    settling = setTimeout(check, settleMs).unref()
  }

  for (const folder of new Set(files.map((file) => dirname(file)))) watchFolder(folder, checkSoon, signal)
  const poll = setInterval(check, pollMs).unref()
  signal.addEventListener('abort', () => {
    clearInterval(poll)
    clearTimeout(settling)
  })
}

/**
 * Watches a folder if that is possible. If the folder is gone, or the machine has no watch left (inotify's limits), the
 * poll goes on.
 */
function watchFolder(folder: string, onChange: () => void, signal: AbortSignal): void {
  try {
    watch(folder, { signal, persistent: false }, onChange).on('error', () => undefined)
  } catch {
    // A watch that cannot begin throws; it does not emit an error.
  }
}
