import { describe, expect, test } from '@jest/globals'
import { completionOf } from '../../../../src/cli/about/complete.ts'
import { createProgram } from '../../../../src/cli/program.ts'

const program = createProgram({ command: undefined, run: () => Promise.resolve() })
const complete = (line: string) => completionOf(program, line.split(' '))
const words = (line: string) => complete(line).candidates.map(({ word }) => word)

describe('the words that may stand where the cursor is', () => {
  test('are the verbs, but not the hidden ones', () => {
    expect(words('')).toEqual(expect.arrayContaining(['request', 'templates', 'deny', 'version']))
    expect(words('')).not.toContain('__complete')
  })

  test('are the verbs below a verb, also after an option of the program', () => {
    expect(words('-n shop request ')).toEqual(expect.arrayContaining(['exec', 'shell', 'role']))
  })

  test('are the options of the verb and of the program', () => {
    expect(words('request exec -')).toEqual(expect.arrayContaining(['--container', '--reason', '--namespace']))
  })

  test('are the choices of an option', () => {
    expect(words('request exec web-0 --subresource ')).toEqual(['attach', 'portforward', 'log'])
  })

  test('are none after --', () => {
    expect(complete('request exec web-0 -- -')).toMatchObject({ candidates: [] })
  })
})

test.each([
  ['deny ', 'request'],
  ['request exec ', 'pod'],
  ['request exec --once ', 'pod'],
  ['request exec --reason why ', 'pod'],
  ['request exec -n ', 'namespace'],
  ['request shell --template ', 'template'],
  ['request shell --cluster-template ', 'clusterTemplate'],
])('"%s" wants the name of a %s', (line, named) => {
  expect(complete(line)).toMatchObject({ candidates: [], named })
})

test('nothing may follow the last argument', () => {
  expect(complete('deny look ')).toEqual({ candidates: [], given: {} })
})

test('the names are looked up as the command line says', () => {
  expect(complete('--context=prod deny -n shop ')).toMatchObject({ given: { context: 'prod', namespace: 'shop' } })
})
