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
  /** True if the image also gets the name of its digest: without a registry nothing else gives it. */
  readonly isNamedByDigest?: boolean
}

const mediaType = (kind: string): string => `application/vnd.oci.image.${kind}`

/**
 * Writes an image of one layer as an OCI layout, which containerd and kind import without a registry. It also has the
 * manifest.json of `docker save`, for `docker load`. The same image always makes the same bytes. Resolves to the digest of
 * its manifest.
 */
export async function writeImageArchive(path: string, image: Image): Promise<string> {
  const { reference, entries, config, isNamedByDigest = false } = image
  const layer = blob(await buffer(tar(entries)))
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const imageConfig = blob({
    architecture,
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  })
  const manifest = blob({
    schemaVersion: 2,
    mediaType: mediaType('manifest.v1+json'),
    config: described(imageConfig, 'config.v1+json'),
    layers: [described(layer, 'layer.v1.tar')],
  })
  const full = fullReference(reference)
  const names = isNamedByDigest ? [full, atDigest(full, manifest.digest)] : [full]
  const index = {
    schemaVersion: 2,
    mediaType: mediaType('index.v1+json'),
    manifests: names.map((name) => ({
      ...described(manifest, 'manifest.v1+json'),
      // containerd takes the name as it stands here. A pod's short name means this one.
      annotations: { 'io.containerd.image.name': name },
      platform: { architecture, os: 'linux' },
    })),
  }
  const docker = [{ Config: imageConfig.name, RepoTags: [reference], Layers: [layer.name] }]
  const archive = tar([
    { name: 'oci-layout', content: JSON.stringify({ imageLayoutVersion: '1.0.0' }) },
    { name: 'index.json', content: JSON.stringify(index) },
    { name: 'manifest.json', content: JSON.stringify(docker) },
    ...[manifest, imageConfig, layer].map(({ name, content }) => ({ name, content })),
  ])
  await pipeline(archive, createWriteStream(path))
  return manifest.digest
}

/** Returns the reference of an image by its digest: `registry/tools@sha256:…` in place of `registry/tools:1`. */
export function atDigest(reference: string, digest: string): string {
  return `${reference.replace(/:[^:/]+$/, '')}@${digest}`
}

interface Blob {
  readonly name: string
  readonly digest: string
  readonly content: Buffer
}

function blob(of: Buffer | object): Blob {
  const content = Buffer.isBuffer(of) ? of : Buffer.from(JSON.stringify(of))
  const sum = createHash('sha256').update(content).digest('hex')
  return { name: `blobs/sha256/${sum}`, digest: `sha256:${sum}`, content }
}

function described({ digest, content }: Blob, kind: string): object {
  return { mediaType: mediaType(kind), digest, size: content.length }
}

function tar(entries: readonly ImageEntry[]) {
  const archive = pack()
  // All entries have the same time, so that the same content always makes the same image.
  for (const { content, ...header } of entries) archive.entry({ mtime: new Date(0), ...header }, content ?? '')
  archive.finalize()
  return archive
}

/**
 * Returns the whole name of an image, as Kubernetes and Docker read a short one. A first part that has a dot or a colon,
 * or is `localhost`, is a registry. Otherwise the registry is Docker Hub, where a single name is in `library`.
 */
export function fullReference(reference: string): string {
  const [first = '', ...rest] = reference.split('/')
  if (rest.length === 0) return `docker.io/library/${reference}`
  return first === 'localhost' || /[.:]/.test(first) ? reference : `docker.io/${reference}`
}
