import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { userCache } from './cluster-dir.ts'
import { withLock } from './file-lock.ts'
import type { Work } from './startup.ts'

export interface MadeOnce {
  /** The name of its folder in the user's cache. The name depends on what the file is made of. */
  readonly name: string
  /** Completes the sentence "waiting for another process, which …". */
  readonly doing: string
  /** Makes the file at this path. The folder is its own, and may also hold temporary files. */
  readonly make: (target: string) => Promise<void>
}

/**
 * Returns a file of the user's cache that takes long to make. If several processes need it at once, the first makes it
 * and the others wait. If that one is killed, the next begins again.
 */
export async function madeOnce(work: Work, { name, doing, make }: MadeOnce): Promise<string> {
  const folder = join(userCache(), name)
  const file = join(folder, 'made')
  if (existsSync(file)) return file
  return withLock(join(userCache(), 'making.lock'), doing, work, async () => {
    if (existsSync(file)) return file
    // The folder is from a process that was killed.
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const target = join(folder, 'new')
    try {
      await make(target)
      renameSync(target, file)
      return file
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  })
}
