import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parse, parseAllDocuments, stringify } from 'yaml'
import { parseConfig } from '../../src/config/config.ts'
import { monitoring } from '../../src/install/monitoring/monitoring-objects.ts'
import { findHelm } from '../cluster/helm.ts'
import { certManagerCrds, findCrds, prometheusOperatorCrds } from '../cluster/module-crds.ts'
import { helmAt } from '../fixtures/helm.ts'
import { readKinds } from '../fixtures/home.ts'
import { admin } from '../fixtures/kubectl.ts'
import { describeWith, toolWork } from '../fixtures/real-tool.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const folder = temporaryFolder()
const chart = 'manifests/chart'
// A name that YAML would read as a number, if a template did not quote it.
const namespace = '1234'
const settings = ['--namespace', namespace, '--values', '-']

/** Values that render kinds of other projects, and what is in the config then. */
const foreign = [
  {
    module: certManagerCrds,
    found: await findCrds(toolWork, certManagerCrds),
    values: { tls: { mode: 'certManager' } },
    config: { tls: { injectCaFrom: `${namespace}/sallyport` } },
  },
  {
    module: prometheusOperatorCrds,
    found: await findCrds(toolWork, prometheusOperatorCrds),
    values: { monitoring: { enabled: true, labels: { release: 'kube-prometheus-stack' } } },
    config: {},
  },
]

interface Rendered {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly [field: string]: unknown
}

/** Values, each other than its default. Together they name every value but those of `others`. */
const changed = {
  image: {
    repository: 'registry.example/sallyport',
    tag: 'v9',
    digest: `sha256:${'a'.repeat(64)}`,
    pullPolicy: 'Always',
    pullSecrets: [{ name: 'registry' }],
  },
  replicas: 3,
  config: {
    enforcement: 'Observe',
    denialHint: 'Ask in #platform: {{ not a template }}',
    workloads: [
      { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', plural: 'rollouts' },
      { apiVersion: 'v1', kind: 'PodTemplate', plural: 'podtemplates', podTemplate: 'template' },
    ],
  },
  restartOnConfigChange: false,
  resources: { requests: { cpu: '1' } },
  podDisruptionBudget: { minAvailable: 2 },
  priorityClassName: 'system-cluster-critical',
  affinity: { nodeAffinity: {} },
  tolerations: [{ key: 'a', operator: 'Exists' }],
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
  ],
  podLabels: { team: 'platform' },
  podAnnotations: { 'example.org/a': 'b' },
  terminationGracePeriodSeconds: 60,
  volumes: [{ name: 'archive', secret: { secretName: 'archive' } }],
  volumeMounts: [{ name: 'archive', mountPath: '/etc/sallyport/archive', readOnly: true }],
  networkPolicy: {
    enabled: true,
    webhooksFrom: [{ ipBlock: { cidr: '10.0.0.0/28' } }],
    egress: [{ ports: [{ protocol: 'TCP', port: 8088 }] }],
  },
  crds: { keep: true },
}

/** Values that do not go with the ones above. */
const others: Readonly<Record<string, object>> = {
  'no value': {},
  'a Secret of your own PKI': { tls: { mode: 'secret', secretName: 'own' } },
  'neither budget nor priority': { podDisruptionBudget: { enabled: false }, priorityClassName: '' },
}

describeWith(await findHelm(toolWork), 'the chart, by real Helm', ({ path }) => {
  const helm = helmAt(path, folder)

  async function template(values: object, of = namespace): Promise<readonly Rendered[]> {
    const args = ['template', 'gate', chart, '--namespace', of, '--values', '-']
    const text = await helm.ok(args, stringify(values))
    return parseAllDocuments(text).map((document) => document.toJS() as Rendered)
  }

  const one = (objects: readonly Rendered[], kind: string): Rendered => {
    const found = objects.find((object) => object.kind === kind)
    if (!found) throw new Error(`no ${kind} is rendered`)
    return found
  }

  const configIn = (objects: readonly Rendered[]): unknown => {
    const { data } = one(objects, 'ConfigMap') as { readonly data?: { readonly 'config.yaml': string } }
    return parseConfig(data?.['config.yaml'] ?? '', 'config.yaml')
  }

  /** Lets the API server check objects as it would at an apply, and finds unknown fields. */
  async function dryRun(objects: readonly Rendered[]): Promise<void> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects }
    await admin(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], JSON.stringify(list))
  }

  beforeAll(() => admin(['create', 'namespace', namespace]))
  afterAll(() => admin(['delete', 'namespace', namespace]))

  it('passes Helm’s own look at it', async () => {
    expect(await helm.ok(['lint', '--strict', chart])).toContain('0 chart(s) failed')
  })

  it('renders the objects of install.yaml, except the namespace, which Helm makes', async () => {
    const installed = parseAllDocuments(readFileSync('manifests/install.yaml', 'utf8')).map(
      (document) => document.toJS() as Rendered,
    )
    const checksum = 'access.sallyport.dev/config-checksum'
    const rendered = (await template({}, 'sallyport-system')).map((object) =>
      object.kind === 'Deployment'
        ? without(object, ['spec', 'template', 'metadata', 'annotations', checksum])
        : object,
    )

    expect(byName(rendered)).toEqual(byName(installed.filter(({ kind }) => kind !== 'Namespace')))
  })

  it('names each value in these tests, so that none is left out', () => {
    const values = Object.keys(parse(readFileSync(`${chart}/values.yaml`, 'utf8')) as object)

    expect([...new Set([...Object.keys(changed), 'tls', 'monitoring'])].sort()).toEqual(values.sort())
  })

  it.each(Object.entries({ ...others, 'every other value': changed }))(
    'is accepted by the API server with %s',
    async (_, values) => {
      const objects = await template(values)

      expect(JSON.stringify(objects)).not.toContain('sallyport-system')
      expect(configIn(objects)).toBeDefined()
      await dryRun(objects)
    },
  )

  it('puts each value where it belongs', async () => {
    const objects = await template(changed)
    const deployment = one(objects, 'Deployment')
    const { repository, digest } = changed.image

    expect(deployment).toMatchObject({
      metadata: { namespace },
      spec: {
        replicas: 3,
        template: {
          metadata: { labels: changed.podLabels, annotations: changed.podAnnotations },
          spec: {
            imagePullSecrets: changed.image.pullSecrets,
            priorityClassName: changed.priorityClassName,
            terminationGracePeriodSeconds: 60,
            affinity: { ...changed.affinity, podAntiAffinity: expect.anything() },
            tolerations: changed.tolerations,
            nodeSelector: changed.nodeSelector,
            topologySpreadConstraints: changed.topologySpreadConstraints,
            containers: [
              {
                image: `${repository}@${digest}`,
                imagePullPolicy: 'Always',
                resources: { requests: { cpu: '1' } },
                volumeMounts: expect.arrayContaining(changed.volumeMounts),
              },
            ],
            volumes: expect.arrayContaining(changed.volumes),
          },
        },
      },
    })
    expect(JSON.stringify(deployment)).not.toContain('checksum')
    expect(one(objects, 'PodDisruptionBudget')).toMatchObject({ spec: { minAvailable: 2 } })
    expect(objects.map(({ kind }) => kind)).not.toContain('PriorityClass')
    expect(one(objects, 'NetworkPolicy')).toMatchObject({
      spec: {
        ingress: [{ from: changed.networkPolicy.webhooksFrom }, expect.anything()],
        egress: [expect.anything(), expect.anything(), ...changed.networkPolicy.egress],
      },
    })
    expect(one(objects, 'CustomResourceDefinition').metadata).toMatchObject({
      annotations: { 'helm.sh/resource-policy': 'keep' },
    })
    expect(configIn(objects)).toMatchObject(changed.config)
    const read = ['get', 'list', 'watch']
    expect(objects.find(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === 'sallyport')).toMatchObject(
      {
        rules: expect.arrayContaining([
          { apiGroups: ['argoproj.io'], resources: ['rollouts'], verbs: read },
          { apiGroups: [''], resources: ['podtemplates'], verbs: read },
        ]),
      },
    )
  })

  it('renders what monitoring needs, as the component of kustomize has it', async () => {
    const before = byName(await template({}, 'sallyport-system'))
    const labels = { release: 'kube-prometheus-stack' }
    const objects = await template({ monitoring: { enabled: true, labels } }, 'sallyport-system')
    const added = objects.filter((object) => !Object.keys(before).includes(nameOf(object)))

    expect(added).toHaveLength(monitoring.objects.length)
    expect(byName(added)).toMatchObject(byName(monitoring.objects))
    for (const { metadata } of added) expect(metadata).toMatchObject({ labels })
  })

  it('has no budget that would block each drain', async () => {
    const kinds = async (values: object): Promise<readonly string[]> => (await template(values)).map(({ kind }) => kind)

    expect(await kinds({ replicas: 1 })).not.toContain('PodDisruptionBudget')
    expect(await kinds({ replicas: 2 })).toContain('PodDisruptionBudget')
  })

  it('rolls the replicas when the config changes', async () => {
    const annotations = async (config: object): Promise<string> =>
      JSON.stringify(one(await template({ config }), 'Deployment')['spec'])

    expect(await annotations({})).toBe(await annotations({}))
    expect(await annotations({ enforcement: 'Observe' })).not.toBe(await annotations({}))
  })

  describe('a wrong value is refused, and the text names it:', () => {
    it.each([
      [{ replica: 3 }, 'replica'],
      [{ replicas: 0 }, '/replicas'],
      [{ config: { enforcement: 'observe' } }, '/config/enforcement'],
      [{ config: { requests: { retension: '1h' } } }, 'retension'],
      [{ config: { webhooks: { port: 9443 } } }, 'port'],
      [{ tls: { mode: 'cert-manager' } }, '/tls/mode'],
      [{ tls: { mode: 'secret' } }, 'tls.secretName is missing'],
      [{ config: { drainDelay: '20001ms' }, terminationGracePeriodSeconds: 29 }, 'drainDelay must be at most 19s'],
      [{ config: { drainDelay: '1m1s' } }, 'config.drainDelay must be at most 20s, not 1m1s'],
      [{ tls: { mode: 'secret', secretName: 'a' }, config: { tls: { lifetime: '1h' } } }, 'tls'],
    ])('%j', async (values, names) => {
      const { code, stderr } = await helm.run(['template', 'gate', chart, ...settings], stringify(values))

      expect(code).toBe(1)
      expect(stderr).toContain(names)
    })
  })

  for (const { module, found, values, config } of foreign) {
    describeWith(found, `with the kinds of ${module.title}`, ({ crds }) => {
      const files = crds.flatMap((file) => ['-f', file])

      beforeAll(async () => {
        await admin(['apply', '--server-side', ...files])
        await admin(['wait', '--for=condition=Established', ...files])
      })
      afterAll(async () => {
        await readKinds()
        await admin(['delete', ...files])
      })

      it('is accepted by the API server', async () => {
        const objects = await template(values)

        expect(JSON.stringify(objects)).not.toContain('sallyport-system')
        expect(configIn(objects)).toMatchObject(config)
        await dryRun(objects)
      })
    })
  }
})

/** Returns objects by kind and name, so that their order does not count. */
function byName(objects: readonly Rendered[]): Readonly<Record<string, Rendered>> {
  return Object.fromEntries(objects.map((object) => [nameOf(object), object]))
}

function nameOf({ kind, metadata }: Rendered): string {
  return `${kind} ${metadata.name}`
}

function without<T>(holder: T, [step = '', ...rest]: readonly string[]): T {
  if (typeof holder !== 'object' || holder === null) return holder
  const fields = new Map<string, unknown>(Object.entries(holder))
  if (rest.length === 0) fields.delete(step)
  else fields.set(step, without(fields.get(step), rest))
  return Object.fromEntries(fields) as T
}
