import { beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { archiveName, findOwnNode, ownTarget, targets } from '../../scripts/binaries/targets.ts'
import { version } from '../../src/api/version.ts'
import { findKrew } from '../cluster/krew.ts'
import { runCommand } from '../cluster/run-command.ts'
import { admin } from '../fixtures/kubectl.ts'
import { describeWith, toolWork } from '../fixtures/real-tool.ts'
import { run, type Ended } from '../fixtures/run.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { testCluster } from '../fixtures/test-cluster.ts'

const folder = temporaryFolder()
const output = join(folder, 'output')
const versionOfClient = { code: 0, stdout: expect.stringContaining(`client: ${version}\n`), stderr: '' }
const [foundNode, foundKrew] = await Promise.all([findOwnNode(toolWork), findKrew(toolWork)])

/** Runs kubectl as the administrator. PATH is the folder `bin`, so it has no Node. */
function kubectlWith(bin: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const KUBECONFIG = testCluster().kubeconfig('admin')
  return run(testCluster().kubectl, args, '', { PATH: bin, KUBECONFIG, HOME: folder, ...variables })
}

describeWith(foundNode, 'the binary of this platform', () => {
  let archive: string
  let unpacked: string

  beforeAll(async () => {
    const [name, target] = Object.entries(targets).find(([one]) => one === ownTarget) ?? []
    if (name === undefined || target === undefined) throw new Error('this platform has no binary')
    await runCommand(process.execPath, ['scripts/binaries.ts', '--only', name, '--output', output])
    archive = join(output, archiveName(target))
    unpacked = mkdtempSync(join(folder, 'unpacked-'))
    await runCommand('tar', ['-xzf', archive, '-C', unpacked])
  })

  const kubectlAccess = (...args: readonly string[]): Promise<Ended> => kubectlWith(unpacked, ['access', ...args])

  test('needs no Node, and does not obey what is meant for another Node', async () => {
    const forAnother = { NODE_OPTIONS: '--no-such-option' }

    expect(await kubectlWith(unpacked, ['access', 'version', '--client'], forAnother)).toEqual(versionOfClient)
    expect(await kubectlAccess('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('Decide:') })
  })

  test('reaches the cluster', async () => {
    await admin(['apply', '-f', 'manifests/crds'])

    expect(await kubectlAccess('version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^server: /m) })
    expect(await kubectlAccess('templates', '-n', 'default')).toMatchObject({ code: 0 })
  })

  test('comes with the program that completes its verbs for kubectl', async () => {
    const { code, stdout } = await kubectlWith(unpacked, ['__complete', 'access', 're'])

    expect(code).toBe(0)
    expect(stdout).toMatch(/^request\t/m)
    expect(stdout).toMatch(/^revoke\t/m)
    expect(stdout).not.toMatch(/^approve/m)
  })

  test('has its sum beside it, and the licenses of others with it', async () => {
    await runCommand('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: output })

    const licenses = readFileSync(join(unpacked, 'THIRD-PARTY-LICENSES'), 'utf8')
    expect(licenses).toMatch(/^commander /m)
    expect(licenses).toMatch(/^Node\.js is licensed for use as follows/m)
  })

  describeWith(foundKrew, 'with krew', ({ path }) => {
    const manifest = join(output, 'access.yaml')
    const root = mkdtempSync(join(folder, 'krew-'))

    function krew(...args: readonly string[]): Promise<Ended> {
      const env = { ...process.env, HOME: folder, KREW_ROOT: root, KREW_NO_UPGRADE_CHECK: '1' }
      return run(path, args, '', env)
    }

    test('another archive than that of the manifest is refused', async () => {
      const altered = join(folder, 'altered.yaml')
      writeFileSync(altered, readFileSync(manifest, 'utf8').replace(/sha256: .*/, `sha256: ${'a'.repeat(64)}`))

      expect(await krew('install', `--manifest=${altered}`, `--archive=${archive}`)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('checksum does not match'),
      })
    })

    test('it is installed, and kubectl finds it', async () => {
      expect(await krew('install', `--manifest=${manifest}`, `--archive=${archive}`)).toMatchObject({ code: 0 })

      expect(await kubectlWith(join(root, 'bin'), ['access', 'version', '--client'])).toEqual(versionOfClient)
    })
  })
})
