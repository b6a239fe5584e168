import { renameSync, writeFileSync } from 'node:fs'

// Only the owner may read kubeconfigs and keys.
const ownerOnly = 0o600

/** Writes a file so that no reader, and no crash, ever sees half of it. */
export function writeWhole(path: string, content: string | Buffer): void {
  const beside = `${path}.${process.pid}.new`
  writeFileSync(beside, content, { mode: ownerOnly })
  renameSync(beside, path)
}
