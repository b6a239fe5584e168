import { createWriteStream, writeFileSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { crc32, createGzip, deflateRawSync } from 'node:zlib'
import { pack } from 'tar-stream'

/** A file of an archive. */
export interface ArchivedFile {
  readonly name: string
  readonly content: Buffer
  readonly isProgram?: boolean
}

/** Writes an archive: a zip if its name ends so, otherwise a gzipped tar. The same files make the same bytes. */
export async function writeArchive(path: string, files: readonly ArchivedFile[]): Promise<void> {
  if (path.endsWith('.zip')) writeFileSync(path, zip(files))
  else await pipeline(tar(files), createGzip(), createWriteStream(path))
}

const modeOf = ({ isProgram }: ArchivedFile): number => (isProgram ? 0o755 : 0o644)

function tar(files: readonly ArchivedFile[]) {
  const archive = pack()
  for (const file of files) archive.entry({ name: file.name, mode: modeOf(file), mtime: new Date(0) }, file.content)
  archive.finalize()
  return archive
}

// The structures of APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16. A zip has no time before 1980, so all have this one.
const firstDay = 0x0021
const deflated = 8
const needsVersion = 20
const madeOnUnix = 3

function zip(files: readonly ArchivedFile[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const file of files) {
    const [name, data] = [Buffer.from(file.name), deflateRawSync(file.content)]
    const about = aboutEntry(file, data.length)
    const local = Buffer.concat([words(0x04034b50), about, shorts(name.length, 0), name, data])
    const place = [shorts(name.length, 0, 0, 0, 0), words((0o100000 | modeOf(file)) * 0x10000, offset)]
    directory.push(words(0x02014b50), shorts((madeOnUnix << 8) | needsVersion), about, ...place, name)
    parts.push(local)
    offset += local.length
  }
  const index = Buffer.concat(directory)
  const end = [words(0x06054b50), shorts(0, 0, files.length, files.length), words(index.length, offset), shorts(0)]
  return Buffer.concat([...parts, index, ...end])
}

/** Returns the fields that stand both before the content of a file and in the directory. */
function aboutEntry({ content }: ArchivedFile, packedLength: number): Buffer {
  return Buffer.concat([
    shorts(needsVersion, 0, deflated, 0, firstDay),
    words(crc32(content), packedLength, content.length),
  ])
}

function shorts(...values: readonly number[]): Buffer {
  return Buffer.from(Uint16Array.from(values).buffer)
}

function words(...values: readonly number[]): Buffer {
  return Buffer.from(Uint32Array.from(values).buffer)
}
