import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { atDigest, writeImageArchive, type ImageEntry } from '../../scripts/image/image-archive.ts'
import type { Busybox } from './busybox.ts'

// The tags are not `latest`, for which a kubelet would ask a registry each time.
export const pauseImage = 'sallyport.local/pause:1'
export const busyboxImage = 'sallyport.local/busybox:1'
const toolsImage = 'sallyport.local/tools:1'

const executable = 0o755
const anyoneMayWrite = 0o1777

/** The paths of the archives of the images that pods are made from. */
interface TestImages {
  readonly pause: string
  readonly busybox: string
  readonly tools: string
  /** The image of tasks by its digest, as a template of a task must name it. */
  readonly pinnedTools: string
}

/** Writes the images that pods are made from. */
export async function writeTestImages(dir: string, busybox: Busybox): Promise<TestImages> {
  const paths = { pause: join(dir, 'pause.tar'), busybox: join(dir, 'busybox.tar'), tools: join(dir, 'tools.tar') }
  const root = busyboxRoot(busybox)
  const [digest] = await Promise.all([
    // It is another image than busybox: a node names an image by its digest as soon as one name of it has that.
    writeImageArchive(paths.tools, {
      reference: toolsImage,
      entries: root,
      config: { ...shell, Labels: { purpose: 'tasks' } },
      isNamedByDigest: true,
    }),
    writeImageArchive(paths.pause, {
      reference: pauseImage,
      entries: [folder('bin'), programOf(busybox), link('sleep')],
      // It holds a pod's namespaces and does nothing.
      config: { Cmd: ['/bin/sleep', '2147483647'] },
    }),
    writeImageArchive(paths.busybox, {
      reference: busyboxImage,
      entries: root,
      config: shell,
    }),
  ])
  return { ...paths, pinnedTools: atDigest(toolsImage, digest) }
}

const shell = { Cmd: ['/bin/sh'], Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] }

function busyboxRoot(busybox: Busybox): readonly ImageEntry[] {
  return [
    ...['bin', 'etc', 'root', 'home', 'usr', 'usr/bin', 'var', 'proc', 'sys', 'dev'].map((name) => folder(name)),
    folder('tmp', anyoneMayWrite),
    programOf(busybox),
    ...busybox.applets.filter((applet) => applet !== 'busybox').map(link),
    { name: 'usr/bin/env', type: 'symlink', linkname: '/bin/busybox' },
    { name: 'etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n' },
    { name: 'etc/group', content: 'root:x:0:\nnogroup:x:65534:\n' },
  ]
}

function programOf({ path }: Busybox): ImageEntry {
  return { name: 'bin/busybox', mode: executable, content: readFileSync(path) }
}

function folder(name: string, mode = executable): ImageEntry {
  return { name, type: 'directory', mode }
}

function link(applet: string): ImageEntry {
  return { name: `bin/${applet}`, type: 'symlink', linkname: '/bin/busybox' }
}
