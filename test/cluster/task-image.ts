import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { atDigest, writeImageArchive, type ImageEntry } from '../../scripts/image/image-archive.ts'
import type { Cluster } from './cluster-record.ts'
import type { Missing } from './go-tool.ts'
import { loadImage } from './load-image.ts'
import { findTaskTools, type TaskTools } from './task-tools.ts'
import type { Work } from './startup.ts'

const reference = 'sallyport.local/task-tools:1'
const executable = 0o755

/** Finds the programs of tasks if the cluster can run an image of them. Otherwise says what is missing. */
export async function findTaskImage(work: Work, { provider, node }: Cluster): Promise<TaskTools | Missing> {
  if (!node.ready) return { missing: node.reason }
  // Its image would have to come from a registry, by a digest that only its owner knows.
  if (provider === 'given') return { missing: 'nobody can load an image into the nodes of a given cluster' }
  return findTaskTools(work)
}

/**
 * Makes the image of examples/templates/tasks/Dockerfile of the programs of this machine, and loads it into the node of a
 * cluster. That takes a second, so the start of a cluster does not do it. Returns the name by its digest.
 */
export async function loadTaskImage(cluster: Cluster, tools: TaskTools): Promise<string> {
  const folder = join(cluster.dir, `task-image-${process.pid}`)
  const archive = join(folder, 'image.tar')
  mkdirSync(folder, { recursive: true })
  try {
    const digest = await writeImageArchive(archive, {
      reference,
      entries: entriesOf(tools),
      config: { Env },
      isNamedByDigest: true,
    })
    await loadImage(cluster, archive)
    return atDigest(reference, digest)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const Env = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']

function entriesOf({ programs, libraries }: TaskTools): readonly ImageEntry[] {
  return [
    ...[...programs].map(([program, path]) => programFile(`usr/bin/${program}`, path)),
    // They are copied as files, also where a link leads to them here.
    ...libraries.map((path) => programFile(path.slice(1), path)),
    { name: 'etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\n' },
    { name: 'etc/group', content: 'root:x:0:\n' },
    { name: 'tmp', type: 'directory', mode: 0o1777 },
  ]
}

function programFile(name: string, path: string): ImageEntry {
  return { name, mode: executable, content: readFileSync(path) }
}
