import { describe, expect, test } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fieldsOf, type Fields } from '../../../src/api/fields.ts'
import { installation } from '../../../src/api/installation.ts'
import { drainProblems, parseConfig } from '../../../src/config/config.ts'
import { installationObjects } from '../../../src/install/installation-objects.ts'
import { guardPolicyNames } from '../../../src/install/guard-policy.ts'
import { observe } from '../../../src/install/overlays/all-components.ts'

interface PodTemplate {
  readonly metadata: { readonly labels: Fields }
  readonly spec: {
    readonly terminationGracePeriodSeconds: number
    readonly containers: readonly {
      readonly args: readonly string[]
      readonly env: readonly object[]
      readonly image: string
      readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
      readonly volumeMounts: readonly { readonly mountPath: string }[]
    }[]
  }
}

const objects = installationObjects('1.2.3')
const find = (kind: string): Fields => objects.find((object) => object.kind === kind) ?? {}
const specOf = (kind: string): Fields => fieldsOf(find(kind)['spec'])
const template = specOf('Deployment')['template'] as PodTemplate
const [container] = template.spec.containers
const configOf = (object: Fields | undefined): string => String(fieldsOf(object?.['data'])['config.yaml'])
const config = parseConfig(configOf(find('ConfigMap')), 'the ConfigMap')

test('no manifest closes the cluster when somebody applies it', () => {
  const files = readdirSync('manifests', { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())

  expect(files.length).toBeGreaterThan(10)
  for (const { parentPath, name } of files)
    expect([name, readFileSync(join(parentPath, name), 'utf8')]).not.toEqual([
      name,
      expect.stringMatching(/^\s*["']?kind["']?:\s*["']?(Mutating|Validating)WebhookConfiguration/m),
    ])
})

test('the owner of the webhook configurations comes first, so that a delete opens the cluster first', () => {
  expect(objects[0]).toMatchObject({ kind: 'ClusterRole', metadata: { name: installation.name } })
})

test('each object stands there once, and each namespaced one in the own namespace, which comes before them', () => {
  const keys = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
  const first = objects.findIndex(({ metadata }) => metadata.namespace !== undefined)

  expect(new Set(keys).size).toBe(keys.length)
  expect(keys.indexOf(`Namespace ${installation.namespace}`)).toBeLessThan(first)
  expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(
    new Set([undefined, installation.namespace]),
  )
})

test('what the self-check may read by name is there, but for the webhook configurations', () => {
  const kinds: Readonly<Record<string, string>> = {
    customresourcedefinitions: 'CustomResourceDefinition',
    validatingadmissionpolicies: 'ValidatingAdmissionPolicy',
    validatingadmissionpolicybindings: 'ValidatingAdmissionPolicyBinding',
  }
  const rules = objects[0]?.['rules'] as readonly { resources?: string[]; resourceNames?: string[] }[]
  const held = rules.flatMap(({ resources = [], resourceNames = [] }) =>
    resources.flatMap((resource) => resourceNames.map((name) => [kinds[resource], name] as const)),
  )
  const wanted = held.filter(([kind]) => kind !== undefined)

  expect(wanted.length).toBeGreaterThan(guardPolicyNames().length * 2)
  expect(
    wanted.filter(([kind, name]) => !objects.some((one) => one.kind === kind && one.metadata.name === name)),
  ).toEqual([])
})

describe('the replicas', () => {
  test('have the image of the version, which a kustomization can replace by its name', () => {
    expect(container?.image).toBe('sallyport:1.2.3')
  })

  test('read the config where it is mounted, and their namespace and name from the pod', () => {
    expect(container?.args).toEqual(['--config', '/etc/sallyport/config/config.yaml'])
    expect(container?.volumeMounts).toMatchObject([{ mountPath: '/etc/sallyport/config' }])
    expect(container?.env).toEqual([
      { name: 'SALLYPORT_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'SALLYPORT_POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'SALLYPORT_GRACE_SECONDS', value: String(template.spec.terminationGracePeriodSeconds) },
    ])
  })

  test('listen where the config says', () => {
    expect(container?.ports).toMatchObject([
      { name: 'webhooks', containerPort: config.webhooks.port },
      { name: 'health', containerPort: config.health.port },
    ])
  })

  test('have time to drain, and then to give their last answers', () => {
    const { terminationGracePeriodSeconds } = template.spec

    expect(drainProblems(`${config.drainDelayMs}ms`, terminationGracePeriodSeconds)).toEqual([])
    expect(drainProblems('20s', terminationGracePeriodSeconds)).toEqual([])
    expect(drainProblems('20001ms', terminationGracePeriodSeconds)).toEqual([
      expect.stringContaining('config.drainDelay must be at most 20s, not 20001ms'),
    ])
  })

  test.each([
    ['Deployment', ['selector', 'matchLabels']],
    ['PodDisruptionBudget', ['selector', 'matchLabels']],
    ['Service', ['selector']],
  ])('are found by their %s', (kind, path) => {
    const selector = path.reduce<Fields>((fields, field) => fieldsOf(fields[field]), specOf(kind))

    expect(Object.keys(selector)).toHaveLength(2)
    expect(template.metadata.labels).toMatchObject(selector)
    // A selector with the version would lose the replicas of the version before.
    expect(Object.values(selector)).not.toContain('1.2.3')
  })
})

test('the overlay observe has a config of only that', () => {
  const [patch] = observe.patches

  expect(parseConfig(configOf(patch), 'f')).toEqual({ ...config, enforcement: 'Observe' })
})
