import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { appFiles, builtApp } from '../../../../scripts/image/app-files.ts'
import { imageConfig } from '../../../../scripts/image/image-config.ts'

const instructions = readFileSync('Dockerfile', 'utf8')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

/** Returns what follows the one instruction of this name. */
function instruction(name: string): string {
  const [found, ...others] = instructions.filter((line) => line.startsWith(`${name} `))
  expect(others).toEqual([])
  return (found ?? '').slice(name.length).trim()
}

test('the Dockerfile copies the files that npm run image puts into its image', () => {
  expect(instruction('COPY').split(' ')).toEqual([...appFiles.map((name) => `${builtApp}/${name}`), '/app/'])
})

test('the Dockerfile starts the same program in the same way', () => {
  const { Entrypoint, User, WorkingDir } = imageConfig({ version: '1', revision: 'r' })

  expect(JSON.parse(instruction('ENTRYPOINT'))).toEqual(Entrypoint)
  expect(instruction('USER')).toBe(User)
  expect(instruction('WORKDIR')).toBe(WorkingDir)
})

test('the Dockerfile has the same labels', () => {
  const { Labels } = imageConfig({ version: '${VERSION}', revision: '${REVISION}' })
  const labels = [...instruction('LABEL').matchAll(/(\S+)="([^"]*)"/g)].map(([, name, value]) => [name, value])

  expect(Object.fromEntries(labels)).toEqual(Labels)
})

test('the base is chosen by an argument, and no frontend is fetched', () => {
  expect(instructions[0]).toMatch(/^ARG BASE=/)
  expect(instruction('FROM')).toBe('${BASE}')
  expect(readFileSync('Dockerfile', 'utf8')).not.toMatch(/^# *syntax=/im)
})
