import { expect, it } from '@jest/globals'
import { globSync, readFileSync } from 'node:fs'
import { beNight, nightVariables } from '../../../scripts/test/night.ts'

const guide = readFileSync('docs/development.md', 'utf8')
const section = guide.slice(guide.indexOf('### At night'), guide.indexOf('### The state machine'))

it('each variable of the night is in the guide, and some suite reads it', () => {
  const listed = [...section.matchAll(/^\| `(SALLYPORT_\w+)`/gm)].map(([, name]) => name)
  const readers = [...globSync('test/{e2e,install}/**/*.test.ts'), 'scripts/test/suites.ts']
  const text = readers.map((file) => readFileSync(file, 'utf8')).join('')

  expect(listed).toEqual(Object.keys(nightVariables))
  expect(listed.filter((name) => !text.includes(`process.env['${name}']`))).toEqual([])
})

it('what is set already stays', () => {
  const environment: NodeJS.ProcessEnv = { SALLYPORT_MUTANTS: '5' }

  beNight(environment)

  expect(environment).toEqual({ ...nightVariables, SALLYPORT_MUTANTS: '5' })
})
