import { expect, test } from '@jest/globals'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { figuresOf, measureTree, tooLarge, type Figures } from '../../../scripts/tree-sizes.ts'

const good: Figures = { largestFolder: ['src/a', 25], medianLines: 90, p90Lines: 200, smallFiles: 19 }

test('what is just at its limit is small enough', () => {
  expect(tooLarge(good)).toEqual([])
})

test.each<[keyof Figures, Partial<Figures>, string]>([
  ['largestFolder', { largestFolder: ['src/a', 26] }, 'src/a has 26 files'],
  ['medianLines', { medianLines: 91 }, 'the median is 91'],
  ['p90Lines', { p90Lines: 201 }, 'the 90th percentile is 201'],
  ['smallFiles', { smallFiles: 20 }, '20 files have fewer than 15 lines'],
])('a %s above its limit is told', (_name, changed, told) => {
  expect(tooLarge({ ...good, ...changed })).toEqual([expect.stringContaining(told)])
})

test('the median, the 90th percentile and the small files are those of all files, and the largest folder is one of src', () => {
  const files = new Map(Array.from({ length: 10 }, (_, index) => [`file-${index}`, (index + 1) * 10]))
  const folders = new Map([
    ['webhooks', 30],
    ['src/a', 3],
    ['src', 4],
  ])

  expect(figuresOf({ files, folders })).toEqual({
    largestFolder: ['src', 4],
    medianLines: 50,
    p90Lines: 90,
    smallFiles: 1,
  })
})

test('files, folders and functions are counted as they stand', () => {
  const root = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  try {
    for (const folder of ['src/a', 'webhooks', 'certs']) mkdirSync(join(root, folder), { recursive: true })
    writeFileSync(join(root, 'src/main.ts'), 'export const one = 1\n')
    writeFileSync(
      join(root, 'src/a/b.ts'),
      '/** Says so. */\nexport const long = {\n  method() {\n    return 1\n  },\n}\n',
    )
    writeFileSync(join(root, 'certs/c.md'), 'no code\n')

    expect(measureTree(root)).toEqual({
      folders: new Map([
        ['src', 1],
        ['src/a', 1],
      ]),
      files: new Map([
        ['src/main.ts', 1],
        ['src/a/b.ts', 6],
      ]),
      longestFunction: { name: 'src/a/b.ts:method', lines: 3 },
    })
  } finally {
    rmSync(root, { recursive: true })
  }
})
