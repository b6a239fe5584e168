import { mkdirSync, statSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

const writableByOthers = 0o022

/**
 * Lets Node keep what it compiled of this program in the user's own cache folder, so that a later start is sooner. Node
 * runs what lies there, so a folder that others may write to is not used. Without a folder nothing is kept.
 */
export function keepCompiled(): void {
  try {
    const folder = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'kubectl-access')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { uid, mode } = statSync(folder)
    if (uid === process.getuid?.() && (mode & writableByOthers) === 0) enableCompileCache(folder)
  } catch {
    // A home may be missing, or be read-only.
  }
}
