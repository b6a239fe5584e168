import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { pack, type Header } from 'tar-stream'

/** One entry of an image's file system. */
export type ImageEntry = Partial<Header> & { readonly name: string } & { readonly content?: string | Buffer }

export interface Image {
  readonly reference: string
  readonly entries: readonly ImageEntry[]
  /** The fields of the OCI image config: Cmd, Env, User and so on. */
  readonly config: object
}

/** Writes an image of one layer in the form of `docker save`. containerd and kind import it without a registry. */
export async function writeImageArchive(path: string, { reference, entries, config }: Image): Promise<void> {
  const layer = await buffer(tar(entries))
  const imageConfig = JSON.stringify({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
  })
  const configName = `${sha256(imageConfig)}.json`
  const manifest = JSON.stringify([{ Config: configName, RepoTags: [reference], Layers: ['layer.tar'] }])
  const archive = tar([
    { name: configName, content: imageConfig },
    { name: 'layer.tar', content: layer },
    { name: 'manifest.json', content: manifest },
  ])
  await pipeline(archive, createWriteStream(path))
}

function tar(entries: readonly ImageEntry[]) {
  const archive = pack()
  // All entries have the same time, so that the same content always makes the same image.
  for (const { content, ...header } of entries) archive.entry({ mtime: new Date(0), ...header }, content ?? '')
  archive.finalize()
  return archive
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}
