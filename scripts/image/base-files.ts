import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ImageEntry } from './image-archive.ts'
import { nonroot } from './image-config.ts'
import { librariesOf } from './shared-libraries.ts'

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
  const libraries = await librariesOf(node)
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
