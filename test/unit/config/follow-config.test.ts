import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { followConfig, type FollowedConfig } from '../../../src/config/follow-config.ts'
import { mountedFile, type MountedFile } from '../../fixtures/mounted-file.ts'
import { until } from '../../fixtures/until.ts'

const head = 'apiVersion: config.sallyport.dev/v1alpha1\nkind: SallyportConfig\n'
const logged: (readonly [object, string])[] = []
const note = (fields: object, message: string): void => {
  logged.push([fields, message])
}
let folder: string
let file: MountedFile
let stop: AbortController

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  file = mountedFile(join(folder, 'config'), 'config.yaml')
  file.write(head)
  stop = new AbortController()
  logged.length = 0
})
afterEach(() => {
  stop.abort()
  rmSync(folder, { recursive: true })
})

const follow = (): FollowedConfig =>
  followConfig(file.path, { log: { info: note, warn: note, error: note }, signal: stop.signal })

test('a wrong config at the start is an error', () => {
  file.write(`${head}nonsense: 1`)

  expect(follow).toThrow('config.nonsense is not a known field')
})

test('a config is in force before it is told', async () => {
  const config = follow()
  const before = config.state().hash
  const seen: (string | undefined)[] = []
  config.onChange(() => seen.push(config.now().denialHint))

  file.write(`${head}denialHint: Ask.`)
  await until('the config is followed', () => seen.length > 0)

  expect(seen).toEqual(['Ask.'])
  expect(config.state().hash).not.toBe(before)
  expect(logged).toEqual([[{ hash: config.state().hash, changed: ['denialHint'] }, 'config reloaded']])
})

test('a change that needs a restart calls nobody back, and is no other config', async () => {
  const config = follow()
  const before = config.state()
  let calls = 0
  config.onChange(() => calls++)

  file.write(`${head}health: { port: 9 }`)
  await until('the field waits', () => config.state().waiting.length > 0)

  expect(config.state()).toMatchObject({ hash: before.hash, isFileRight: true, waiting: ['health.port'] })
  expect(config.now().health.port).toBe(8080)
  expect(calls).toBe(0)
})

test('a file that is wrong and then as before is right again', async () => {
  const config = follow()
  const before = config.state()

  file.write(`${head}nonsense: 1`)
  await until('it is wrong', () => !config.state().isFileRight)
  expect(config.state()).toMatchObject({ hash: before.hash, loadedAt: before.loadedAt })
  expect(logged.at(-1)?.[1]).toBe('config not reloaded; the one before stays')

  file.write(head)
  await until('it is right', () => config.state().isFileRight)
  expect(config.state().hash).toBe(before.hash)
  expect(config.state().loadedAt).toBeGreaterThanOrEqual(before.loadedAt)
})
