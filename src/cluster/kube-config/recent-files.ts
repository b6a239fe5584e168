import { readFileSync } from 'node:fs'

// Half of the time between the kubelet's renewal of a token and the end of the old one; the same as client-go.
const freshMs = 60_000

/** Reads files that others renew. Each is read from the disk at most once a minute. */
export interface RecentFiles {
  /**
   * Reads a file from the disk, or returns its recent content.
   * @throws if the file cannot be read now
   */
  read(path: string): Buffer
  /** Makes the next reading come from the disk. */
  forget(): void
}

/**
 * Makes an empty store.
 * @param now a clock that is not set back, in ms
 */
export function createRecentFiles(now: () => number): RecentFiles {
  const known = new Map<string, { readonly at: number; readonly content: Buffer }>()
  return {
    read(path) {
      const last = known.get(path)
      if (last && now() - last.at < freshMs) return last.content
      const content = readFileSync(path)
      known.set(path, { at: now(), content })
      return content
    },
    forget() {
      known.clear()
    },
  }
}
