import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from '../../test/cluster/run-command.ts'
import type { ImageEntry } from './image-archive.ts'
import { nonroot } from './image-config.ts'

const node = fileURLToPath(new URL(`../../node_modules/node-linux-${process.arch}/bin/node`, import.meta.url))
// Node brings its own. With --use-openssl-ca it reads these, which Debian, Ubuntu and Alpine keep here.
const authorities = '/etc/ssl/certs/ca-certificates.crt'

/** Returns the files below the program: Node, the libraries of this machine that it needs, and its user. */
export async function baseFiles(): Promise<readonly ImageEntry[]> {
  if (process.platform !== 'linux' || !existsSync(node)) {
    throw new Error(
      `an archive needs Linux on x64 or arm64, and this is ${process.platform} on ${process.arch}; ` +
        'npm run image without --output says how Docker makes the image',
    )
  }
  const libraries = sharedLibraries(await runCommand('ldd', [node]))
  return [
    file('nodejs/bin/node', readFileSync(node), 0o755),
    // They are copied as files, also where a link leads to them here.
    ...libraries.map((path) => file(path.slice(1), readFileSync(path), 0o755)),
    file('etc/passwd', `root:x:0:0:root:/:/none\nnonroot:x:${nonroot}:${nonroot}:nonroot:/home/nonroot:/none\n`),
    file('etc/group', `root:x:0:\nnonroot:x:${nonroot}:\n`),
    file('etc/nsswitch.conf', 'hosts: files dns\n'),
    ...(existsSync(authorities) ? [file(authorities.slice(1), readFileSync(authorities))] : []),
    { name: 'home/nonroot', type: 'directory', mode: 0o700, uid: nonroot, gid: nonroot },
    { name: 'tmp', type: 'directory', mode: 0o1777 },
  ]
}

/** Returns the entries of files that lie in a folder of this machine. */
export function filesOf(folder: string, names: readonly string[], target: string): readonly ImageEntry[] {
  return names.map((name) => file(join(target, name), readFileSync(join(folder, name))))
}

function file(name: string, content: string | Buffer, mode = 0o644): ImageEntry {
  return { name, mode, content }
}

/**
 * Returns the paths of the shared libraries, and of the loader, that `ldd` printed.
 * @throws Error if a library is missing on this machine
 */
export function sharedLibraries(printed: string): readonly string[] {
  const lines = printed.split('\n')
  const missing = lines.filter((line) => line.includes('not found'))
  if (missing.length > 0) throw new Error(`Node cannot run on this machine: ${missing.join(', ').trim()}`)
  // "	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f…)" or, for the loader, only the path.
  return lines.flatMap((line) => /(?:^\s*|=> )(?<path>\/\S+) \(0x/.exec(line)?.groups?.['path'] ?? [])
}
