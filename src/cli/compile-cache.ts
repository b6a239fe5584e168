import { existsSync, mkdirSync, statSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

const writableByOthers = 0o022

/**
 * Lets Node keep what it compiled of this program in the user's own cache folder, so that a later start is sooner. Node
 * runs what lies there, so a folder that others may write to is not used. Without a home nothing is kept.
 */
export function keepCompiled(): void {
  try {
    const caches = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
    const own = join(caches, 'kubectl-access')
    // The folder above must be there: a home that does not exist is not for us to make.
    for (const folder of [caches, own]) if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 })
    const { uid, mode } = statSync(own)
    if (uid === process.getuid?.() && (mode & writableByOthers) === 0) enableCompileCache(own)
  } catch {
    // A home may be missing, or be read-only.
  }
}
