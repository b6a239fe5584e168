import { runCommand } from '../../test/cluster/run-command.ts'

/**
 * Returns the paths of the shared libraries, and of the loader, that a program of this machine needs.
 * @throws Error if a library is missing on this machine
 */
export async function librariesOf(program: string): Promise<readonly string[]> {
  return sharedLibraries(program, await runCommand('ldd', [program]))
}

/** Returns the paths that `ldd` printed for a program. */
export function sharedLibraries(program: string, printed: string): readonly string[] {
  const lines = printed.split('\n')
  const missing = lines.filter((line) => line.includes('not found'))
  if (missing.length > 0) throw new Error(`${program} cannot run on this machine: ${missing.join(', ').trim()}`)
  // "	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f…)" or, for the loader, only the path.
  return lines.flatMap((line) => /(?:^\s*|=> )(?<path>\/\S+) \(0x/.exec(line)?.groups?.['path'] ?? [])
}
