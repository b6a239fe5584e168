import { spawnSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'
import { sandboxScript } from '../../cluster/sandbox-script.ts'

const settings = [{ ours: '/tmp/d/sys/panic', theirs: '/proc/sys/kernel/panic' }]

describe('sandboxScript', () => {
  it('hides what others leave outside of their folders', () => {
    const script = sandboxScript('/tmp/d', settings, '/tmp/d/open')
    expect(script).toContain('tmpfs /var/lib\n')
    expect(script).not.toContain('--no-canonicalize')
  })

  it('puts the cluster’s folder back when it lies below what is hidden', () => {
    const script = sandboxScript('/var/lib/ci/d', settings, '/var/lib/ci/d/open')
    expect(script).toContain("mount --no-canonicalize --bind . '/var/lib/ci/d'")
  })

  it('is good shell for a folder of any name', () => {
    const script = sandboxScript("/run/it's a $(cluster)", settings, "/run/it's a $(cluster)/open")
    expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
  })
})
