import { describe, expect, it } from '@jest/globals'
import { wantedOf } from '../../../scripts/test/wanted.ts'

const named = (...words: readonly string[]): readonly (readonly string[])[] =>
  wantedOf(words).map((stage) => stage.map(({ suite }) => suite.name))
const files = (...words: readonly string[]): readonly string[] =>
  wantedOf(words).flatMap((stage) => stage.flatMap((wanted) => wanted.files))

describe('what is asked for after npm test --', () => {
  it('is everything where nothing is', () => {
    const isGiven = process.env['SALLYPORT_KUBECONFIG'] !== undefined
    expect(named()).toEqual([
      ['checks', 'unit', 'harness'],
      ['process', 'api-server', ...(isGiven ? [] : ['v1.35'])],
      ['e2e'],
      ...(isGiven ? [] : [['install']]),
    ])
  })

  const onlyLocally = process.env['SALLYPORT_KUBECONFIG'] === undefined ? it : it.skip
  onlyLocally('is of an older Kubernetes what may differ there, and each file of the list is there', () => {
    const [older] = wantedOf(['v1.35']).flat()
    const listed = Object.entries(older?.suite.only ?? {}).flatMap(([project, names]) =>
      names.map((name) => `test/${project}/${name}.test.ts`),
    )
    expect(older?.files).toEqual(listed)
    expect(older?.files).toContain('test/api-server/guard-policy.test.ts')
    expect(older?.files).not.toContain('test/api-server/audit-loop.test.ts')
  })

  it('is suites, in their own order', () => {
    expect(named('e2e', 'checks')).toEqual([['checks'], ['e2e']])
    expect(files('api-server').every((file) => file.startsWith('test/api-server/'))).toBe(true)
  })

  it('is one file by a part of its path', () => {
    expect(files('unit', 'scripts/wanted')).toEqual(['test/unit/scripts/wanted.test.ts'])
    expect(files('e2e', 'once')).toEqual(['test/e2e/once.test.ts'])
  })

  it('is refused where no file is meant, rather than run as nothing', () => {
    expect(() => named('unit', 'nowhere')).toThrow('no test file of unit has nowhere in its path')
    expect(() => named('checks', 'once')).toThrow('no test file of checks has once in its path')
  })

  it('is refused without a suite, with their names', () => {
    expect(() => named('once')).toThrow(
      'there is no suite once; the suites are checks, unit, harness, process, api-server',
    )
  })
})
