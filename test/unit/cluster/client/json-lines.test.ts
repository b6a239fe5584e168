import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { jsonLines } from '../../../../src/cluster/client/json-lines.ts'

async function* chunksOf(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  let start = 0
  for (const end of ends) {
    yield await Promise.resolve(bytes.subarray(start, end))
    start = end
  }
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<string[]> {
  const lines: string[] = []
  for await (const line of jsonLines(chunks)) lines.push(line)
  return lines
}

const value = fc.oneof(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom('ä€😀', '\n', '\u2028'))

it('gives the same lines wherever the bytes are cut, also within a character', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(value), fc.array(fc.nat(10_000), { maxLength: 50 }), async (values, cuts) => {
      const lines = values.map((one) => JSON.stringify(one))
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))

      expect(await read(chunksOf(bytes, cuts))).toEqual(lines)
    }),
  )
})

it('says where a stream ends within a line', async () => {
  await expect(read(chunksOf(Buffer.from('{}\n{"type":'), []))).rejects.toThrow('within a line')
})

it('reads a line of 16 MB from small chunks in linear time', async () => {
  const chunk = Buffer.alloc(1_024, 'x')
  async function* many(): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent < 16_384; sent += 1) yield await Promise.resolve(chunk)
    yield Buffer.from('\n')
  }

  const [line] = await read(many())

  expect(line).toHaveLength(16_384 * 1_024)
})
