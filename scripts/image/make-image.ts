import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { appFiles } from './app-files.ts'
import { baseFiles, filesOf, nonroot } from './base-files.ts'
import { writeImageArchive, type ImageEntry } from './image-archive.ts'
import { imageLabels } from './image-labels.ts'

const checkout = fileURLToPath(new URL('../..', import.meta.url))
const described = JSON.parse(readFileSync(`${checkout}/package.json`, 'utf8')) as Readonly<Record<'version', string>>

/** The name by which the manifests call the image of this checkout. */
export const imageReference = `sallyport:${described.version}`

interface ImageToMake {
  /** The folder with the files of /app, which makeAppFiles made. */
  readonly app: string
  /** The path of the archive. */
  readonly output: string
  readonly reference: string
}

/** Writes the archive of an image of Sallyport, without Docker. */
export async function makeImage({ app, output, reference }: ImageToMake): Promise<void> {
  const files = [...(await baseFiles()), ...filesOf(app, appFiles, 'app')]
  await writeImageArchive(output, {
    reference,
    entries: withFolders(files),
    config: {
      User: String(nonroot),
      WorkingDir: '/app',
      Entrypoint: ['/nodejs/bin/node', '/app/sallyport.mjs'],
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/nodejs/bin'],
      Labels: await imageLabels(checkout),
    },
  })
}

/** Puts before each entry the folders above it, unless they are entries themselves. */
function withFolders(entries: readonly ImageEntry[]): readonly ImageEntry[] {
  const known = new Set(entries.map(({ name }) => name))
  const folders = new Set(entries.flatMap(({ name }) => foldersAbove(name)))
  const added = [...folders].filter((name) => !known.has(name))
  const all = [...added.map((name): ImageEntry => ({ name, type: 'directory', mode: 0o755 })), ...entries]
  return all.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function foldersAbove(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join('/'))
}
