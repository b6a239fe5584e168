import type { KeyPair } from './authority.ts'
import { readPair, type PairFiles } from './key-pair.ts'
import { watchFiles } from './watch-files.ts'

export interface PairWatcher {
  readonly onPair: (pair: KeyPair) => void
  /** Gets the problem of a pair that cannot be used; the pair before stays. */
  readonly onProblem: (problem: string) => void
}

/** Reports each new pair in the files until the signal fires, starting with `current`. */
export function watchPair(files: PairFiles, current: KeyPair, watcher: PairWatcher, signal: AbortSignal): void {
  const watched = {
    files: [files.certFile, files.keyFile],
    read: () => {
      const result = readPair(files, new Date())
      return result.ok ? ({ ok: true, value: result.pair } as const) : result
    },
    isSame: (one: KeyPair, other: KeyPair) => one.cert === other.cert && one.key === other.key,
    onChange: watcher.onPair,
    onProblem: watcher.onProblem,
  }
  watchFiles(watched, current, signal)
}
