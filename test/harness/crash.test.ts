import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, jest } from '@jest/globals'
import { down, status, up } from '../cluster/cluster.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { footprint, networkNamespacesInUse, type Footprint } from './footprint.ts'
import { itLocally, itWithNode } from './node-suite.ts'
import { startUp, type UpProcess } from './up-process.ts'

jest.setTimeout(180_000) // A cluster takes 5 s, and ten times as long on a loaded machine.
const withNode = await itWithNode()
const locally = await itLocally()
const silent = (): void => undefined

const parent = temporaryFolder()
let dir: string
let before: Footprint

beforeEach(() => {
  dir = join(parent, 'd')
  before = footprint(dir)
})

afterEach(async () => {
  if ((await status(dir)).state !== 'absent') await down(dir, silent)
})

/** Lets `up` come to a point, kills it there, and returns what it had made by then. */
async function killAt(process: UpProcess, what: string, isThere: () => boolean): Promise<Footprint> {
  await process.waitFor(what, isThere)
  expect(await process.end('SIGKILL')).toBeNull()
  return footprint(dir)
}

function expectNothingLeft(during: Footprint): void {
  expect(footprint(dir)).toEqual(before)
  // A namespace can outlive the processes that were seen in it, if an unseen process holds it.
  const inUse = new Set(networkNamespacesInUse())
  expect(during.networkNamespaces.filter((name) => inUse.has(name))).toEqual([])
}

describe('up killed half-way, then down', () => {
  withNode('after etcd started', async () => {
    const process = startUp(dir)
    const during = await killAt(process, 'etcd', () => process.output().includes('etcd is up'))
    expect(during.processes).toContain('etcd')
    await down(dir, silent)
    expectNothingLeft(during)
  })

  withNode('after the API server was ready', async () => {
    const process = startUp(dir)
    const during = await killAt(process, 'API server', () => process.output().includes('API server is ready'))
    expect(during.processes).toEqual(expect.arrayContaining(['etcd', 'kube-apiserver', 'containerd']))
    expect(during.links).not.toEqual(before.links)
    await down(dir, silent)
    expectNothingLeft(during)
  })

  withNode('while the node started', async () => {
    const process = startUp(dir)
    const during = await killAt(process, 'kubelet', () => footprint(dir).processes.includes('kubelet'))
    expect(during.controlGroups).not.toEqual([])
    await down(dir, silent)
    expectNothingLeft(during)
  })

  withNode('and up again instead of down', async () => {
    const process = startUp(dir)
    await killAt(process, 'API server', () => process.output().includes('API server is ready'))
    const lines: string[] = []
    await up({ dir, node: false, log: (line) => lines.push(line) })
    expect(lines.join('\n')).toContain('taking it down first')
    expect(footprint(dir).processes.filter((name) => name === 'etcd')).toHaveLength(1)
    await down(dir, silent)
    expect(footprint(dir)).toEqual(before)
  })
})

describe('up interrupted', () => {
  locally('lets nobody interfere, and takes down what it made', async () => {
    const process = startUp(dir)
    await process.waitFor('etcd', () => process.output().includes('etcd is up'))
    await expect(up({ dir, node: false, log: silent })).rejects.toThrow('is at work')
    await expect(down(dir, silent)).rejects.toThrow('is at work')
    expect(await process.end('SIGINT')).toBe(130)
    expect(footprint(dir)).toEqual(before)
    expect((await status(dir)).state).toBe('absent')
  })
})
