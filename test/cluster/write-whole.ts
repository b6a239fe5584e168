import { renameSync, writeFileSync } from 'node:fs'

// Kubeconfigs and keys are for their owner alone.
const ownerOnly = 0o600

/** Writes a file so that no reader, and no crash, ever meets half of it. */
export function writeWhole(path: string, content: string | Buffer): void {
  const beside = `${path}.${process.pid}.new`
  writeFileSync(beside, content, { mode: ownerOnly })
  renameSync(beside, path)
}
