import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeImageArchive, type ImageEntry } from '../../scripts/image/image-archive.ts'
import type { Busybox } from './busybox.ts'

// The tags are not `latest`, for which a kubelet would ask a registry each time.
export const pauseImage = 'sallyport.local/pause:1'
export const busyboxImage = 'sallyport.local/busybox:1'

const executable = 0o755
const anyoneMayWrite = 0o1777

/** Writes the images that pods are made from, and returns the paths of their archives. */
export async function writeTestImages(dir: string, busybox: Busybox): Promise<{ pause: string; busybox: string }> {
  const paths = { pause: join(dir, 'pause.tar'), busybox: join(dir, 'busybox.tar') }
  const program = { name: 'bin/busybox', mode: executable, content: readFileSync(busybox.path) }
  await Promise.all([
    writeImageArchive(paths.pause, {
      reference: pauseImage,
      entries: [folder('bin'), program, link('sleep')],
      // It holds a pod's namespaces and does nothing.
      config: { Cmd: ['/bin/sleep', '2147483647'] },
    }),
    writeImageArchive(paths.busybox, {
      reference: busyboxImage,
      entries: [
        ...['bin', 'etc', 'root', 'home', 'usr', 'usr/bin', 'var', 'proc', 'sys', 'dev'].map((name) => folder(name)),
        folder('tmp', anyoneMayWrite),
        program,
        ...busybox.applets.filter((applet) => applet !== 'busybox').map(link),
        { name: 'usr/bin/env', type: 'symlink', linkname: '/bin/busybox' },
        { name: 'etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n' },
        { name: 'etc/group', content: 'root:x:0:\nnogroup:x:65534:\n' },
      ],
      config: { Cmd: ['/bin/sh'], Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] },
    }),
  ])
  return paths
}

function folder(name: string, mode = executable): ImageEntry {
  return { name, type: 'directory', mode }
}

function link(applet: string): ImageEntry {
  return { name: `bin/${applet}`, type: 'symlink', linkname: '/bin/busybox' }
}
