import { expect, test } from '@jest/globals'
import { fieldsOf, type Fields } from '../../../src/api/fields.ts'
import { parseConfig } from '../../../src/config/config.ts'
import { installationObjects } from '../../../src/install/installation-objects.ts'
import { allComponents } from '../../../src/install/overlays/all-components.ts'
import { networkPolicy } from '../../../src/install/overlays/network-policy.ts'

const installed = installationObjects('1.2.3')

function specOf(objects: readonly Fields[], kind: string): Fields {
  return fieldsOf(objects.find((object) => object['kind'] === kind)?.['spec'])
}

test.each(allComponents)('a patch of $name is for an object of the installation', ({ patches }) => {
  for (const { apiVersion, kind, metadata } of patches)
    expect(installed).toContainEqual(
      expect.objectContaining({ apiVersion, kind, metadata: expect.objectContaining(metadata) }),
    )
})

test.each([['install.yaml', []] as const, ...allComponents.map(({ name, patches }) => [name, patches] as const)])(
  'with %s, a drain of nodes can always go on',
  (_name, patches) => {
    const replicas = { ...specOf(installed, 'Deployment'), ...specOf(patches, 'Deployment') }['replicas']
    const kept = { ...specOf(installed, 'PodDisruptionBudget'), ...specOf(patches, 'PodDisruptionBudget') }[
      'minAvailable'
    ]

    expect(Number(kept)).toBeGreaterThan(0)
    expect(Number(kept)).toBeLessThan(Number(replicas))
  },
)

const configs = allComponents.flatMap(({ name, patches }) => {
  const text = fieldsOf(patches.find(({ kind }) => kind === 'ConfigMap')?.['data'])['config.yaml']
  return typeof text === 'string' ? [[name, text] as const] : []
})

test.each(configs)('the config of %s is one', (name, text) => {
  expect(() => parseConfig(text, name)).not.toThrow()
})

test('no constraint keeps a replica from running', () => {
  const all = JSON.stringify([installed, allComponents])

  expect(all).toContain('ScheduleAnyway')
  expect(all).not.toContain('DoNotSchedule')
  expect(all).not.toContain('requiredDuringScheduling')
})

test('the network policy lets every API server in, until somebody limits it', () => {
  const [rule] = specOf(networkPolicy.objects, 'NetworkPolicy')['ingress'] as readonly Fields[]

  expect(rule).toEqual({ ports: [{ protocol: 'TCP', port: 8443 }] })
})
