import { statSync } from 'node:fs'

/**
 * Splits test files into so many shares that take about equally long. A file's size hints at its duration. The shards
 * of jest go by the hash of a path, and one took half as long again as the other.
 */
export function sharesOf(paths: readonly string[], count: number): readonly (readonly string[])[] {
  const files = paths.map((path) => ({ path, bytes: statSync(path).size }))
  const shares = Array.from({ length: count }, () => ({ paths: [] as string[], bytes: 0 }))
  for (const { path, bytes } of files.sort((a, b) => b.bytes - a.bytes)) {
    const [least] = shares.sort((a, b) => a.bytes - b.bytes)
    if (!least) throw new Error('there must be at least one share')
    least.paths.push(path)
    least.bytes += bytes
  }
  return shares.map(({ paths: dealt }) => dealt).filter((dealt) => dealt.length > 0)
}
