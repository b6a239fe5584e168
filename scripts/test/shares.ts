import { statSync } from 'node:fs'

/**
 * Test files in so many shares, about as long as one another: jest's own shards go by the hash of a path, and one took half
 * as long again as the other. How large a file is says about how long it takes.
 */
export function sharesOf(paths: readonly string[], count: number): readonly (readonly string[])[] {
  const files = paths.map((path) => ({ path, bytes: statSync(path).size }))
  const shares = Array.from({ length: count }, () => ({ paths: [] as string[], bytes: 0 }))
  for (const { path, bytes } of files.sort((a, b) => b.bytes - a.bytes)) {
    const [least] = shares.sort((a, b) => a.bytes - b.bytes)
    if (!least) throw new Error('there must be a share at least')
    least.paths.push(path)
    least.bytes += bytes
  }
  return shares.map(({ paths: dealt }) => dealt).filter((dealt) => dealt.length > 0)
}
