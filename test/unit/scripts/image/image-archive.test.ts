import { createHash } from 'node:crypto'
import { createReadStream, mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { extract } from 'tar-stream'
import { describe, expect, it } from '@jest/globals'
import { writeImageArchive, type Image } from '../../../../scripts/image/image-archive.ts'
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts'

const parent = temporaryFolder()
const image: Image = {
  reference: 'thing:1',
  entries: [
    { name: 'bin', type: 'directory' },
    { name: 'bin/sh', mode: 0o755, content: 'program' },
  ],
  config: { Cmd: ['/bin/sh'] },
}

interface Described {
  readonly digest: string
  readonly size: number
}

async function readArchive(path: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for await (const entry of createReadStream(path).pipe(extract())) files.set(entry.header.name, await text(entry))
  return files
}

async function written(): Promise<Map<string, string>> {
  const path = join(mkdtempSync(join(parent, 'd-')), 'image.tar')
  await writeImageArchive(path, image)
  return readArchive(path)
}

/** Returns the blob that is described, if it has the size and the sum that the description says. */
function blobOf(files: Map<string, string>, { digest, size }: Described): string {
  const content = files.get(`blobs/${digest.replace(':', '/')}`) ?? ''
  expect(content).toHaveLength(size)
  expect(`sha256:${createHash('sha256').update(content).digest('hex')}`).toBe(digest)
  return content
}

describe('writeImageArchive', () => {
  it('writes an OCI layout whose parts fit together', async () => {
    const files = await written()
    const index = JSON.parse(files.get('index.json') ?? '') as {
      manifests: [Described & { annotations: object }]
    }
    expect(JSON.parse(files.get('oci-layout') ?? '')).toEqual({ imageLayoutVersion: '1.0.0' })
    // containerd takes this name as it stands. A pod that names `thing:1` means it.
    expect(index.manifests[0].annotations).toEqual({ 'io.containerd.image.name': 'docker.io/library/thing:1' })

    const manifest = JSON.parse(blobOf(files, index.manifests[0])) as { config: Described; layers: [Described] }
    blobOf(files, manifest.layers[0])

    expect(JSON.parse(blobOf(files, manifest.config))).toMatchObject({
      os: 'linux',
      config: { Cmd: ['/bin/sh'] },
      rootfs: { type: 'layers', diff_ids: [manifest.layers[0].digest] },
    })
  })

  it('also writes what docker load reads, of the same parts', async () => {
    const files = await written()
    const [one] = JSON.parse(files.get('manifest.json') ?? '') as [
      { Config: string; RepoTags: string[]; Layers: [string] },
    ]
    expect(one.RepoTags).toEqual(['thing:1'])
    expect(JSON.parse(files.get(one.Config) ?? '')).toMatchObject({ config: { Cmd: ['/bin/sh'] } })
    expect(files.get(one.Layers[0])).toContain('program')
  })

  it('writes the same bytes at any time', async () => {
    const folder = mkdtempSync(join(parent, 'd-'))
    await writeImageArchive(join(folder, '1.tar'), image)
    await writeImageArchive(join(folder, '2.tar'), image)
    const [first, second] = ['1.tar', '2.tar'].map((name) => readFileSync(join(folder, name)))
    expect(first?.length).toBeGreaterThan(0)
    expect(second?.equals(first ?? Buffer.of())).toBe(true)
  })
})
