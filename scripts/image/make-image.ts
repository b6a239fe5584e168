import { fileURLToPath } from 'node:url'
import { appFiles } from './app-files.ts'
import { baseFiles, filesOf } from './base-files.ts'
import { writeImageArchive, type ImageEntry } from './image-archive.ts'
import { imageConfig, version } from './image-config.ts'
import { revisionOf } from './revision.ts'

interface ImageToMake {
  /** The folder with the files of /app, which makeAppFiles made. */
  readonly app: string
  /** The path of the archive. */
  readonly output: string
  readonly reference: string
}

const checkout = fileURLToPath(new URL('../..', import.meta.url))

/** Writes the archive of an image of Sallyport, without Docker. */
export async function makeImage({ app, output, reference }: ImageToMake): Promise<void> {
  const files = [...(await baseFiles()), ...filesOf(app, appFiles, 'app')]
  const config = imageConfig({ version, revision: await revisionOf(checkout) })
  await writeImageArchive(output, { reference, entries: withFolders(files), config })
}

/** Puts the folders above each entry before it, unless they are entries themselves. */
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
