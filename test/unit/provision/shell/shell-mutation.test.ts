import { describe, expect, test } from '@jest/globals'
import type { ShellMutation } from '../../../../src/api/kinds/access/shell-mutation.ts'
import { aWorkload } from '../../../fixtures/example-workload.ts'
import { containerOf, good, mutated, pod, problems, type ShellGiven } from '../../../fixtures/made-shell-pod.ts'

describe('the mutation', () => {
  test('sets the command, and the old arguments go with the old command', () => {
    expect(containerOf(mutated({ command: ['sleep', 'inf'] }))).toMatchObject({ command: ['sleep', 'inf'] })
    expect(containerOf(mutated({ command: ['sleep'] }))).not.toHaveProperty('args')
    expect(containerOf(mutated({ command: ['sleep'], args: ['1'] }))).toMatchObject({ command: ['sleep'], args: ['1'] })
    expect(containerOf(mutated({ args: ['--help'] }))).toMatchObject({ command: ['web'], args: ['--help'] })
    expect(containerOf(mutated({ command: ['sleep'] }), 'prepare').command).toStrictEqual(['prepare'])
  })

  test('replaces environment variables by name, in their place, and adds what is new', () => {
    const env = [
      { name: 'D', value: 'd' },
      { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ]
    expect(containerOf(mutated({ env })).env).toStrictEqual([
      env[1],
      { name: 'B', value: 'b' },
      { name: 'C', value: '$(A)$(B)' },
      env[0],
    ])
    const doubled = aWorkload({ app: { env: [{ name: 'A', value: '1' }, { name: 'B' }, { name: 'A', value: '2' }] } })
    const once = pod({ source: doubled, shell: { mutate: { env: [{ name: 'A', value: '3' }] } } })
    expect(containerOf(once).env).toStrictEqual([{ name: 'A', value: '3' }, { name: 'B' }])
    expect(containerOf(pod({ source: aWorkload({ app: { env: [] } }), shell: { mutate: { env } } })).env).toStrictEqual(
      env,
    )
  })

  test('replaces the resources', () => {
    const resources = { requests: { cpu: 1 }, limits: { memory: '64Mi' } }
    expect(containerOf(mutated({ resources }))['resources']).toStrictEqual(resources)
  })

  test('sets node selector, tolerations and annotations over those that are there, and the affinity instead', () => {
    const annotations = { 'example.com/team': 'ops', 'example.com/new': '1' }
    const tolerations = [{ key: 'web', operator: 'Exists' }, { key: 'shell' }]
    const { spec, metadata } = mutated({
      annotations,
      tolerations,
      nodeSelector: { disk: 'hdd', zone: 'a' },
      affinity: { nodeAffinity: {} },
    })
    expect(spec).toMatchObject({ nodeSelector: { disk: 'hdd', zone: 'a' }, affinity: { nodeAffinity: {} } })
    // Tolerations that are there already are not added again.
    expect(spec.tolerations).toStrictEqual(tolerations)
    expect(spec['affinity']).not.toHaveProperty('podAntiAffinity')
    expect(metadata.annotations).toMatchObject(annotations)
  })

  test('purges them first', () => {
    const purge = ['annotations', 'nodeSelector', 'tolerations', 'affinity'] as const
    const { spec, metadata } = mutated({ purge: [...purge], nodeSelector: { zone: 'a' } })
    expect(spec.nodeSelector).toStrictEqual({ zone: 'a' })
    expect(spec).not.toHaveProperty('tolerations')
    expect(spec).not.toHaveProperty('affinity')
    expect(metadata.annotations).not.toHaveProperty('example.com/team')
  })

  test('sets labels of its own', () => {
    expect(mutated({ labels: { app: 'shell' } }).metadata.labels).toMatchObject({ app: 'shell' })
  })
})

describe('the patch comes last', () => {
  const patch = (...jsonPatch: NonNullable<ShellMutation['jsonPatch']>): ShellGiven => ({
    shell: { mutate: { jsonPatch } },
  })

  test('and may do what no other field does', () => {
    const { spec, metadata } = pod(
      patch(
        { op: 'test', path: '/spec/containers/1/name', value: 'app' },
        { op: 'add', path: '/spec/containers/1/workingDir', value: '/' },
        { op: 'remove', path: '/spec/containers/0' },
        { op: 'add', path: '/metadata/labels/team', value: 'ops' },
        { op: 'move', from: '/metadata/annotations/example.com~1team', path: '/metadata/annotations/team' },
      ),
    )
    expect(spec.containers).toMatchObject([{ name: 'app', workingDir: '/' }])
    expect(metadata).toMatchObject({ labels: { team: 'ops' }, annotations: { team: 'shop' } })
  })

  test('but not what is Sallyport’s', () => {
    const { spec } = pod(
      patch(
        { op: 'add', path: '/spec/restartPolicy', value: 'Always' },
        { op: 'add', path: '/spec/terminationGracePeriodSeconds', value: 3_600 },
        { op: 'add', path: '/spec/activeDeadlineSeconds', value: 1_000_000 },
        { op: 'add', path: '/spec/nodeName', value: 'node-0' },
        { op: 'add', path: '/spec/serviceAccount', value: 'admin' },
        { op: 'add', path: '/spec/containers/1/restartPolicy', value: 'Always' },
      ),
    )
    expect(spec).toStrictEqual(pod().spec)
  })

  test.each<[string, ShellGiven, string]>([
    [
      'fails',
      patch({ op: 'remove', path: '/spec/hostNetwork' }),
      'mutate.jsonPatch[0]: /spec/hostNetwork does not exist',
    ],
    [
      'removes the container to enter',
      patch({ op: 'remove', path: '/spec/containers/1' }),
      'mutate.jsonPatch removes app, which is the container to enter',
    ],
    [
      'makes something that is no pod',
      patch({ op: 'replace', path: '/spec/containers', value: 5 }),
      'after mutate.jsonPatch, template.spec.containers must be array, and is 5',
    ],
    [
      'names the pod',
      patch({ op: 'add', path: '/metadata/name', value: 'x' }),
      'mutate.jsonPatch may set spec, metadata.labels and metadata.annotations, not metadata.name',
    ],
    [
      'gives it an owner',
      patch({ op: 'add', path: '/metadata/ownerReferences', value: [] }),
      'mutate.jsonPatch may set spec, metadata.labels and metadata.annotations, not metadata.ownerReferences',
    ],
    [
      'gives it a status',
      patch({ op: 'add', path: '/status', value: {} }),
      'mutate.jsonPatch may set spec, metadata.labels and metadata.annotations, not status',
    ],
    [
      'writes our annotations',
      patch({ op: 'add', path: '/metadata/annotations/access.sallyport.dev~1request', value: 'x' }),
      'metadata.annotations sets access.sallyport.dev/request, which only Sallyport may set: leave it out',
    ],
  ])('and is refused where it %s', (_, given, problem) => {
    expect(problems(given)).toStrictEqual([problem])
  })

  test('its dangers are seen', () => {
    const { dangers } = good(patch({ op: 'add', path: '/spec/hostPID', value: true }))
    expect(dangers).toStrictEqual(['spec.hostPID is set: the pod would share a namespace of the node'])
  })
})

describe('the request may ask for resources', () => {
  const limits = { cpu: 2, memory: '2Gi', 'ephemeral-storage': '1G' }

  test('up to the limits, as requests and limits of the container to enter', () => {
    const ask = { resources: { cpu: '2000m', memory: '2048Mi' } }
    const shell = pod({ shell: { limits }, facts: { ask } })
    expect(containerOf(shell)['resources']).toStrictEqual({
      requests: { cpu: '2000m', memory: '2048Mi' },
      limits: { cpu: '2000m', memory: '2048Mi', 'example.com/gpu': '1' },
    })
    expect(containerOf(shell, 'logs')).not.toHaveProperty('resources')
    const none = pod({ shell: { limits }, facts: { ask: { resources: {} } } })
    expect(none).toStrictEqual(pod())
  })

  test.each([
    [{ cpu: '2001m' }, 'spec.shell.resources.cpu asks for 2001m, but the template allows at most 2'],
    [{ memory: '2Ti' }, 'spec.shell.resources.memory asks for 2Ti, but the template allows at most 2Gi'],
    [
      { 'ephemeral-storage': '1Gi' },
      'spec.shell.resources.ephemeral-storage asks for 1Gi, but the template allows at most 1G',
    ],
    [{ cpu: '1 core' }, 'spec.shell.resources.cpu is not a quantity such as 500m or 1Gi: 1 core'],
    [{ cpu: -1 }, 'spec.shell.resources.cpu is not a quantity such as 500m or 1Gi: -1'],
  ])('not %j', (resources, problem) => {
    expect(problems({ shell: { limits }, facts: { ask: { resources } } })).toStrictEqual([problem])
  })

  test('for nothing where the template has no limit', () => {
    expect(problems({ facts: { ask: { resources: { cpu: 1 } } } })).toStrictEqual([
      'spec.shell.resources.cpu asks for 1, but the template does not let requests set it',
    ])
  })
})
