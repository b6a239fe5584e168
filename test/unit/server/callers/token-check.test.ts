import { afterAll, describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IncomingCall } from '../../../../src/server/callers/caller-check.ts'
import { readTokens, tokenCheck } from '../../../../src/server/callers/token-check.ts'

const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const [first, second] = ['a'.repeat(32), 'b'.repeat(64)]
const call = (authorization?: string): IncomingCall => ({
  match: { path: '/connect', type: 'Validating' },
  path: '/connect',
  headers: authorization === undefined ? {} : { authorization },
  socket: new Socket(),
})

describe('a file of tokens', () => {
  function read(text: string): ReturnType<typeof readTokens> {
    writeFileSync(join(folder, 'tokens'), text)
    return readTokens(join(folder, 'tokens'))
  }

  test('has one a line', () => {
    expect(read(`${first}\r\n\n${second}\n`)).toEqual({ ok: true, value: [first, second] })
  })

  test.each([
    ['nothing', '\n', 'holds no token'],
    ['one that can be guessed', `${first}\nsecret`, 'holds a token shorter than 32 characters'],
  ])('with %s is refused, and no token is told', (_what, text, problem) => {
    const result = read(text)

    expect(result).toMatchObject({ ok: false, problem: expect.stringContaining(problem) })
    expect(JSON.stringify(result)).not.toMatch(/a{32}|"secret/)
  })

  test('that is not there is named', () => {
    expect(readTokens('/none/tokens')).toMatchObject({ ok: false, problem: expect.stringContaining('/none/tokens') })
  })
})

describe('a token', () => {
  const { holds } = tokenCheck(() => [first, second])

  test.each([`Bearer ${first}`, `bearer  ${second}`])('is taken: %s', (header) => {
    expect(holds(call(header))).toBe(true)
  })

  test.each([undefined, '', first, 'Bearer ', `Basic ${first}`, `Bearer ${first}b`, `Bearer ${first} ${second}`])(
    'is refused: %s',
    (header) => {
      expect(holds(call(header))).toBe(false)
    },
  )
})
