import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from '@jest/globals'
import { down, status, up } from '../cluster/cluster.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const parent = temporaryFolder()
let foreign: string

beforeEach(() => {
  foreign = mkdtempSync(join(parent, 'd-'))
  writeFileSync(join(foreign, 'thesis.txt'), 'years of work')
})

describe('a folder that is not ours', () => {
  it('is refused by down, and left as it is', async () => {
    await expect(down(foreign, () => undefined)).rejects.toThrow('nothing is touched')
    expect(readdirSync(foreign)).toEqual(['thesis.txt'])
  })

  it('is refused by up, and left as it is', async () => {
    await expect(up({ dir: foreign, node: false, log: () => undefined })).rejects.toThrow('is not empty')
    expect(readdirSync(foreign)).toEqual(['thesis.txt'])
  })

  it('holds no cluster', async () => {
    expect(await status(foreign)).toEqual({ state: 'absent' })
  })
})

describe('a folder that does not exist', () => {
  it('does not make down fail, and is not made by it', async () => {
    const dir = join(foreign, 'nothing')
    const lines: string[] = []
    await down(dir, (line) => lines.push(line))
    expect(lines).toEqual([`there is no cluster in ${dir}`])
    expect(existsSync(dir)).toBe(false)
  })
})
