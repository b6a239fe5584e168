import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { stringify } from 'yaml'
import { findHelm } from '../cluster/helm.ts'
import { allObjects } from '../fixtures/all-objects.ts'
import { makeHome, readKinds, removeKinds } from '../fixtures/home.ts'
import { helmAt } from '../fixtures/helm.ts'
import { admin, apply, kubectl } from '../fixtures/kubectl.ts'
import { describeWith, toolWork } from '../fixtures/real-tool.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { templateFile } from '../fixtures/templates.ts'
import { until } from '../fixtures/until.ts'

const folder = temporaryFolder()
const chart = 'manifests/chart'
const namespace = 'gate'
const inNamespace = ['--namespace', namespace]
// No replica may run here: it would make Secrets. Other files of this cluster bring the image, so this one is nowhere.
const values = {
  image: { repository: 'sallyport.local/nowhere', pullPolicy: 'Never' },
  config: { denialHint: 'Ask in #platform' },
}

/** Makes the chart of a release before this one. It lacks a value and the short name of a kind, and a policy differs. */
function previousChart(): string {
  const before = join(folder, 'previous')
  cpSync(chart, before, { recursive: true })
  const edit = (file: string, change: (text: string) => string): void => {
    const text = readFileSync(join(before, file), 'utf8')
    const changed = change(text)
    if (changed === text) throw new Error(`nothing to change in ${file}`)
    writeFileSync(join(before, file), changed)
  }
  edit('Chart.yaml', (text) => text.replaceAll(/^(version|appVersion): .*$/gm, '$1: 0.0.1'))
  edit('values.yaml', (text) => text.replace(/^terminationGracePeriodSeconds: .*$/m, ''))
  edit('values.schema.json', (text) => text.replaceAll('terminationGracePeriodSeconds', 'anotherValue'))
  edit('values.yaml', (text) => `${text}\nanotherValue: 30\n`)
  for (const file of ['templates/deployment.yaml', 'templates/_helpers.tpl'])
    edit(file, (text) => text.replaceAll('.Values.terminationGracePeriodSeconds', '25'))
  edit('templates/policies.yaml', (text) => text.replace('failurePolicy: Fail', 'failurePolicy: Ignore'))
  edit('templates/crds.yaml', (text) => text.replace(/ +shortNames:\n +- areq\n/, ''))
  return before
}

describeWith(await findHelm(toolWork), 'a release of the chart, by real Helm', ({ path }) => {
  const helm = helmAt(path, folder)
  let before: readonly string[]

  const field = (of: string, jsonPath: string): Promise<string> =>
    admin(['get', ...of.split(' '), ...inNamespace, `-o=jsonpath={${jsonPath}}`])
  const shortNames = (): Promise<string> =>
    field('customresourcedefinition accessrequests.access.sallyport.dev', '.spec.names.shortNames')
  const grace = (): Promise<string> =>
    field('deployment sallyport', '.spec.template.spec.terminationGracePeriodSeconds')

  beforeAll(async () => {
    // Helm takes over no object that others made.
    await removeKinds()
    await admin(['create', 'namespace', namespace])
    await until(
      'the namespace is complete',
      async () => (await kubectl('admin', ['get', 'serviceaccount', 'default', ...inNamespace])).code === 0,
    )
    before = await allObjects()
  })
  afterAll(async () => {
    await helm.run(['uninstall', 'gate', ...inNamespace, '--wait', '--timeout', '60s'])
    await admin(['delete', 'namespace', namespace])
    await makeHome()
  })

  it('is installed in a namespace of any name', async () => {
    await helm.ok(['install', 'gate', previousChart(), ...inNamespace, '--values', '-'], stringify(values))

    expect(await field('deployment sallyport', '.metadata.labels.app\\.kubernetes\\.io/name')).toBe('sallyport')
    expect(await shortNames()).toBe('')
    await admin(['wait', '--for=condition=Established', 'customresourcedefinition', '--all'])
    // No webhook runs that stamps the author.
    const me = await admin(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo}'])
    const { extra: _, ...author } = JSON.parse(me) as { readonly extra?: unknown }
    await apply(templateFile(namespace, 'kept', { author }))
  })

  it('is upgraded with its kinds, and keeps their objects and the values', async () => {
    await helm.ok(['upgrade', 'gate', chart, ...inNamespace, '--values', '-'], stringify(values))

    expect(await shortNames()).toBe('["areq"]')
    expect(await grace()).toBe('30')
    expect(await field('configmap sallyport-config', '.data')).toContain('Ask in #platform')
    expect(await field('accesstemplate kept', '.spec.duration.max')).toBe('1h')
  })

  it('prints commands that work', async () => {
    const notes = await helm.ok(['get', 'notes', 'gate', ...inNamespace])
    const commands = [...notes.matchAll(/^ {2}kubectl (.*)$/gm)].map(([, args = '']) => args)
    // Two of them wait for a replica, and show what it made.
    const [, , ...others] = commands

    expect(others).toHaveLength(4)
    for (const command of others) await admin(command.split(' '))
    await admin(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce-'])
  })

  it('is rolled back with its kinds', async () => {
    await helm.ok(['rollback', 'gate', '1', ...inNamespace])

    expect(await shortNames()).toBe('')
    expect(await grace()).toBe('25')
    expect(await field('accesstemplate kept', '.metadata.name')).toBe('kept')
  })

  it('is upgraded by --force-conflicts where Sallyport has restored an object of it', async () => {
    const policy = ['validatingadmissionpolicy', 'sallyport-writers']
    // As the self-check does: somebody changes the object, and a PUT brings back the field, which it owns from then on.
    const put = async (failurePolicy: string): Promise<void> => {
      const live = await admin(['get', ...policy, '-o', 'json'])
      await admin(['replace', '-f', '-'], live.replace(/("failurePolicy": )"\w+"/, `$1"${failurePolicy}"`))
    }
    await put('Fail')
    await put('Ignore')

    const upgrade = ['upgrade', 'gate', chart, ...inNamespace, '--values', '-']

    expect((await helm.run(upgrade, stringify(values))).stderr).toContain('conflict with "kubectl-replace"')
    await helm.ok([...upgrade, '--force-conflicts'], stringify(values))
    expect(await field(policy.join(' '), '.spec.failurePolicy')).toBe('Fail')
  })

  it('leaves nothing when it is uninstalled', async () => {
    await readKinds()
    await helm.ok(['uninstall', 'gate', ...inNamespace, '--wait', '--timeout', '60s'])

    await until('all is gone', async () => (await allObjects()).join() === before.join()).catch(async () => {
      expect(await allObjects()).toEqual(before)
    })
  })
})
