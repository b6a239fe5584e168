import { describe, expect, it } from '@jest/globals'
import { mountsBelow, parseMounts } from '../../cluster/mounts.ts'

// The kernel's own form: optional fields between the options and the dash, blanks as octal digits.
const mountinfo = `21 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
30 21 0:26 / /sys/fs/cgroup/memory rw,relatime shared:9 master:2 - cgroup cgroup rw,memory
41 21 0:30 / /tmp/my\\040cluster/kubelet/pods/1/volumes/token rw - tmpfs tmpfs rw
42 21 0:31 / /tmp/my\\040cluster/kubelet rw - tmpfs tmpfs rw
43 21 0:32 / /tmp/my\\040cluster-2/kubelet rw - tmpfs tmpfs rw
`

describe('parseMounts', () => {
  it('reads point and type, with and without optional fields', () => {
    expect(parseMounts(mountinfo).slice(0, 3)).toEqual([
      { point: '/', type: 'ext4' },
      { point: '/sys/fs/cgroup/memory', type: 'cgroup' },
      { point: '/tmp/my cluster/kubelet/pods/1/volumes/token', type: 'tmpfs' },
    ])
  })
})

describe('mountsBelow', () => {
  it('names the deepest first, and none of a folder whose name only begins alike', () => {
    expect(mountsBelow(parseMounts(mountinfo), '/tmp/my cluster')).toEqual([
      '/tmp/my cluster/kubelet/pods/1/volumes/token',
      '/tmp/my cluster/kubelet',
    ])
  })

  it('names the folder itself, as often as something is mounted on it', () => {
    const twice = [
      { point: '/d', type: 'tmpfs' },
      { point: '/d', type: 'ext4' },
    ]
    expect(mountsBelow(twice, '/d')).toEqual(['/d', '/d'])
  })
})
