import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { JsonPatchOperation } from '../../../../src/api/kinds/json-patch.ts'
import { keepable, purgeable, type ShellMutation } from '../../../../src/api/kinds/access/shell-mutation.ts'
import type { PodTemplate } from '../../../../src/api/pod-template.ts'
import { shellPod, type ShellPod } from '../../../../src/provision/shell/shell-pod.ts'
import { aRequest } from '../../../fixtures/example-access.ts'
import { aWorkload } from '../../../fixtures/example-workload.ts'

const from = { kind: 'Deployment', name: 'web' }
const facts = { request: aRequest(), ask: undefined, secondsLeft: 60, running: new Map<never, never>() }

function made(source: PodTemplate, mutate: ShellMutation): ShellPod {
  return shellPod(source, { from, mutate }, facts)
}

const key = fc.constantFrom('app', 'tier', 'team', 'app.kubernetes.io/managed-by', '__proto__')
const value = fc.constantFrom('web', 'front', 'sallyport', '')
const labels = fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true })
const hostPort = fc.constantFrom(undefined, 0, 80)
const port = hostPort.map((number) => ({ containerPort: 80, ...(number !== undefined && { hostPort: number }) }))
const source = fc.record({ labels, ports: fc.array(port, { maxLength: 3 }) }).map(({ labels, ports }): PodTemplate => {
  const { spec } = aWorkload({ app: { ports } })
  return { metadata: { labels }, spec }
})

const place = fc.constantFrom(
  '',
  '/metadata',
  '/metadata/labels',
  '/metadata/labels/app',
  '/metadata/labels/tier',
  '/metadata/annotations',
  '/metadata/annotations/app',
  '/metadata/name',
  '/spec',
  '/spec/nodeName',
  '/spec/restartPolicy',
  '/spec/hostNetwork',
  '/spec/containers/0',
  '/spec/containers/1/ports',
  '/spec/containers/1/restartPolicy',
  '/spec/volumes/-',
)
const anything = fc.oneof(
  fc.constantFrom<unknown>('web', 'front', true, null, 'Always', { app: 'web' }, { labels: { tier: 'front' } }),
  fc.constant({ metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app' }], hostPID: true } }),
)
const operation: fc.Arbitrary<JsonPatchOperation> = fc.oneof(
  fc.record({ op: fc.constantFrom('add', 'replace'), path: place, value: anything }),
  fc.record({ op: fc.constant('remove'), path: place }),
  fc.record({ op: fc.constantFrom('move', 'copy'), path: place, from: place }),
)

const unpatched: fc.Arbitrary<ShellMutation> = fc.record(
  {
    keep: fc.subarray([...keepable]),
    purge: fc.subarray([...purgeable]),
    labels,
    annotations: fc.dictionary(fc.constantFrom('team', 'example.com/x'), value, { noNullPrototype: true }),
    nodeSelector: fc.dictionary(fc.constantFrom('disk', 'zone'), value, { noNullPrototype: true }),
    tolerations: fc.array(fc.record({ key }), { maxLength: 2 }),
    command: fc.array(fc.string(), { maxLength: 2 }),
    env: fc.uniqueArray(fc.record({ name: fc.constantFrom('A', 'B', 'X'), value: fc.string() }), {
      selector: ({ name }) => name,
    }),
    dropContainers: fc.subarray(['logs', 'prepare', 'mesh', 'gone']),
  },
  { requiredKeys: [] },
)
const mutation = fc
  .tuple(unpatched, fc.array(operation, { maxLength: 4 }))
  .map(([mutate, jsonPatch]): ShellMutation => ({ ...mutate, jsonPatch }))

test('no pod shares a label with its workload, whatever the template and its patch say', () => {
  fc.assert(
    fc.property(source, mutation, (workload, mutate) => {
      const result = made(workload, mutate)
      if (!result.ok) return
      const own = Object.entries(workload.metadata?.labels ?? {})
      for (const pair of Object.entries(result.pod.metadata.labels)) expect(own).not.toContainEqual(pair)
    }),
    { numRuns: 1_000 },
  )
})

test('every pod ends by itself, is where the scheduler puts it, and is its request’s', () => {
  fc.assert(
    fc.property(source, mutation, (workload, mutate) => {
      const result = made(workload, mutate)
      if (!result.ok) return
      const { metadata, spec } = result.pod
      expect(spec).toMatchObject({
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 1,
        activeDeadlineSeconds: 61,
      })
      expect(spec).not.toHaveProperty('nodeName')
      for (const container of spec.containers) expect(container).not.toHaveProperty('restartPolicy')
      expect(spec.containers.map(({ name }) => name)).toContain(result.container)
      expect(metadata).toMatchObject({
        name: 'sallyport-request-1',
        namespace: 'shop',
        labels: { 'access.sallyport.dev/request-uid': 'request-1', 'app.kubernetes.io/managed-by': 'sallyport' },
        ownerReferences: [{ uid: 'request-1' }],
      })
      expect(Object.keys(metadata).toSorted()).toEqual([
        'annotations',
        'labels',
        'name',
        'namespace',
        'ownerReferences',
      ])
    }),
    { numRuns: 1_000 },
  )
})

test('no pod has a port of its node that is not kept or a danger', () => {
  fc.assert(
    fc.property(source, mutation, (workload, mutate) => {
      const result = made(workload, mutate)
      if (!result.ok) return
      const ports = result.pod.spec.containers.flatMap(({ ports = [] }) => ports)
      const hasOne = ports.some((one) => Boolean(one['hostPort']))
      if (hasOne) expect(mutate.keep ?? []).toContain('hostPorts')
      expect(result.dangers.some((danger) => danger.includes('hostPort'))).toBe(hasOne)
    }),
  )
})

test('nothing that is given is changed', () => {
  fc.assert(
    fc.property(source, mutation, (workload, mutate) => {
      const before = JSON.stringify([workload, mutate])
      made(workload, mutate)
      expect(JSON.stringify([workload, mutate])).toBe(before)
    }),
  )
})

test('a pod made after a shell pod is the same again', () => {
  fc.assert(
    fc.property(source, unpatched, (workload, mutate) => {
      const once = made(workload, mutate)
      if (!once.ok) return
      const again = made(
        { metadata: { annotations: once.pod.metadata.annotations ?? {} }, spec: once.pod.spec },
        mutate,
      )
      expect(again).toMatchObject({ ok: true, pod: once.pod })
    }),
  )
})
