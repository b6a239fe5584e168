import { createHash } from 'node:crypto'
import { createReadStream, mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { extract } from 'tar-stream'
import { describe, expect, it } from '@jest/globals'
import { writeImageArchive, type Image } from '../../cluster/image-archive.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const parent = temporaryFolder()
const image: Image = {
  reference: 'sallyport.local/thing:1',
  entries: [
    { name: 'bin', type: 'directory' },
    { name: 'bin/sh', mode: 0o755, content: 'program' },
  ],
  config: { Cmd: ['/bin/sh'] },
}

async function readArchive(path: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for await (const entry of createReadStream(path).pipe(extract())) files.set(entry.header.name, await text(entry))
  return files
}

describe('writeImageArchive', () => {
  it('writes manifest, config and layer that fit together', async () => {
    const path = join(mkdtempSync(join(parent, 'd-')), 'image.tar')
    await writeImageArchive(path, image)
    const files = await readArchive(path)
    const manifest: unknown = JSON.parse(files.get('manifest.json') ?? '')
    const configName = [...files.keys()].find((name) => name.endsWith('.json') && name !== 'manifest.json') ?? ''
    expect(manifest).toEqual([{ Config: configName, RepoTags: [image.reference], Layers: ['layer.tar'] }])
    const layer = createHash('sha256')
      .update(files.get('layer.tar') ?? '')
      .digest('hex')
    expect(JSON.parse(files.get(configName) ?? '')).toMatchObject({
      config: { Cmd: ['/bin/sh'] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    })
  })

  it('writes the same image at any time', async () => {
    const folder = mkdtempSync(join(parent, 'd-'))
    await writeImageArchive(join(folder, '1.tar'), image)
    await writeImageArchive(join(folder, '2.tar'), image)
    const layers = await Promise.all(['1.tar', '2.tar'].map((name) => readArchive(join(folder, name))))
    expect(layers[0]).toEqual(layers[1])
    expect(readFileSync(join(folder, '1.tar')).length).toBeGreaterThan(0)
  })
})
