import { globSync, statSync } from 'node:fs'

/**
 * The test files of a suite in so many shares, about as long as one another: jest's own shards go by the hash of a path, and
 * one took half as long again as the other. How large a file is says about how long it takes.
 */
export function sharesOf(suite: string, count: number): readonly (readonly string[])[] {
  const files = globSync(`test/${suite}/**/*.test.ts`).map((path) => ({ path, bytes: statSync(path).size }))
  const shares = Array.from({ length: count }, () => ({ paths: [] as string[], bytes: 0 }))
  for (const { path, bytes } of files.sort((a, b) => b.bytes - a.bytes)) {
    const [least] = shares.sort((a, b) => a.bytes - b.bytes)
    if (!least) throw new Error(`${suite} must have a share at least`)
    least.paths.push(path)
    least.bytes += bytes
  }
  return shares.map(({ paths }) => paths)
}
