import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  checkLength,
  claimant,
  claimDir,
  clusterId,
  isClusterDir,
  releaseDir,
  removeDir,
} from '../../cluster/cluster-dir.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const marker = '.sallyport-cluster'
const parent = temporaryFolder()
let dir: string

beforeEach(() => {
  dir = join(mkdtempSync(join(parent, 'd-')), 'd')
})

// Otherwise it would be taken for a cluster that was left.
afterEach(() => {
  rmSync(dir, { recursive: true, force: true })
})

describe('a claimed folder', () => {
  it('is ours, and worked on by this process until it is released', () => {
    claimDir(dir)
    expect(isClusterDir(dir)).toBe(true)
    expect(claimant(dir)).toBe(process.pid)
    releaseDir(dir)
    expect(isClusterDir(dir)).toBe(true)
    expect(claimant(dir)).toBeUndefined()
  })

  it('cannot be claimed again', () => {
    claimDir(dir)
    expect(() => {
      claimDir(dir)
    }).toThrow('is not empty')
  })

  it('is nobody’s when its process id was given to another process', () => {
    claimDir(dir)
    const claim = readFileSync(join(dir, marker), 'utf8')
    writeFileSync(join(dir, marker), claim.replace(/"started":"\d+"/, '"started":"1"'))
    expect(claimant(dir)).toBeUndefined()
  })

  it('is nobody’s, but still ours, when its process was killed while it wrote', () => {
    claimDir(dir)
    writeFileSync(join(dir, marker), '{"pid":')
    expect(claimant(dir)).toBeUndefined()
    expect(isClusterDir(dir)).toBe(true)
  })

  it('is removed whole', () => {
    claimDir(dir)
    writeFileSync(join(dir, 'cluster.json'), '{}')
    removeDir(dir)
    expect(existsSync(dir)).toBe(false)
  })
})

describe('removeDir', () => {
  it('refuses a folder without the mark', () => {
    const foreign = mkdtempSync(join(parent, 'd-'))
    expect(() => {
      removeDir(foreign)
    }).toThrow('no cluster of ours')
    expect(existsSync(foreign)).toBe(true)
  })
})

describe('checkLength', () => {
  it('counts bytes, as the kernel does', () => {
    expect(() => {
      checkLength(`/${'é'.repeat(40)}`)
    }).toThrow('81 bytes')
    checkLength(`/${'e'.repeat(40)}`)
  })
})

describe('clusterId', () => {
  it('is the same for the same folder and fits into the name of a link', () => {
    expect(clusterId('/a')).toBe(clusterId('/a'))
    expect(clusterId('/a')).not.toBe(clusterId('/b'))
    expect(`sally-${clusterId('/a')}`.length).toBeLessThanOrEqual(15)
  })
})
