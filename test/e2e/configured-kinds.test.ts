import { afterAll, describe, expect, test } from '@jest/globals'
import { applied, ended, exec, readyOf, requestFile, storedRequest, readyRequest } from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { shellScene } from '../fixtures/shell-scene.ts'
import { notReady, templateFile, workloadFile } from '../fixtures/templates.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'

const namespace = 'configured-kinds'
const testOnNode = testWithNode()
const rollouts = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  plural: 'rollouts',
  workloadRef: 'spec.workloadRef',
}
const { offer, ask, shell } = shellScene(namespace)

gatedNamespace(namespace, () => Promise.resolve(), { workloads: [rollouts] })
afterAll(() => admin(['delete', 'crd', 'rollouts.argoproj.io', '--ignore-not-found', '--wait=false']))

const openObject = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }

/**
 * The part of Argo's kind that is needed: a spec with a pod template, or with a reference to a workload that has one.
 */
const rolloutKind = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'rollouts.argoproj.io' },
  spec: {
    group: 'argoproj.io',
    scope: 'Namespaced',
    names: { kind: 'Rollout', plural: 'rollouts', singular: 'rollout' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: { replicas: { type: 'integer' }, template: openObject, workloadRef: openObject },
              },
            },
          },
        },
      },
    ],
  },
}

/** Makes a Rollout, and the ReplicaSet of its pods as its controller would make it. */
async function rolledOut(name: string): Promise<void> {
  const { spec, metadata } = workloadFile(namespace, 'ReplicaSet', name) as {
    spec: { template: object }
    metadata: object
  }
  await apply({
    apiVersion: rollouts.apiVersion,
    kind: 'Rollout',
    metadata,
    spec: { replicas: 1, template: spec.template },
  })
  const uid = await admin(['get', 'rollout', name, '-n', namespace, '-o', 'jsonpath={.metadata.uid}'])
  const owner = { apiVersion: rollouts.apiVersion, kind: 'Rollout', name, uid, controller: true }
  await apply({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { ...metadata, name: `${name}-1`, ownerReferences: [owner] },
    spec: { ...spec, replicas: 1 },
  })
}

testOnNode('a kind of the config whose definition comes after the gate is a target like any other', async () => {
  const target = { kind: 'Rollout', group: 'argoproj.io', name: 'web' }
  await applied('admin', templateFile(namespace, 'web', { access: { exec: { target } } }))
  await admin(['wait', '--for=condition=TargetExists=False', 'atmpl/web', '-n', namespace, '--timeout=20s'])
  await apply(rolloutKind)
  await admin(['wait', '--for=condition=Established', 'crd/rollouts.argoproj.io', '--timeout=20s'])
  await rolledOut('web')
  await admin(['wait', '--for=condition=TargetExists', 'atmpl/web', '-n', namespace, '--timeout=40s'])
  const templateRef = { kind: 'AccessTemplate', name: 'web' }
  await applied('alice', requestFile(namespace, 'web', { templateRef, exec: {} }))
  await readyRequest(namespace, 'web', 40)

  const { pod = '', workload } = (await storedRequest(namespace, 'web')).status?.target ?? {}
  expect(workload).toMatchObject({ kind: 'Rollout', name: 'web' })
  expect((await exec('alice', namespace, { pod })).stdout).toContain('uid=0')

  await admin(['delete', 'rollout', 'web', '-n', namespace, '--cascade=orphan'])
  expect(await ended(namespace, 'web', 'Revoked')).toBe('Rollout web is gone')
})

const deployment = { apiVersion: 'apps/v1', kind: 'Deployment' }

/** Makes a Rollout without a pod template of its own. */
function rolloutWith(name: string, spec: object): Promise<void> {
  return apply({ apiVersion: rollouts.apiVersion, kind: 'Rollout', metadata: { name, namespace }, spec })
}

function offerRollout(name: string): Promise<string> {
  return offer(name, { from: { kind: 'Rollout', name } })
}

function told(what: string, about: string): Promise<string> {
  return admin(['wait', `--for=${what}`, about, '-n', namespace, '--timeout=40s'])
}

testOnNode('a shell is made after the Deployment that a Rollout refers to, once that is there', async () => {
  await rolloutWith('moved', { workloadRef: { ...deployment, name: 'moved' } })
  await offerRollout('moved')
  await ask('moved-mine')
  const message = `Rollout moved refers to Deployment moved, which does not exist in ${namespace} yet`
  await told(`jsonpath={.status.message}=${message}`, 'areq/moved-mine')
  expect(readyOf(await notReady(namespace, 'moved', 'Unusable'))).toMatchObject({ status: 'False', message })
  await apply(workloadFile(namespace, 'Deployment', 'moved', { replicas: 0 }))
  await told('condition=Ready', 'atmpl/moved')
  const { metadata } = await shell('moved-again')

  expect((await exec('alice', namespace, { pod: metadata.name })).stdout).toContain('uid=0')
  const { status } = await storedRequest(namespace, 'moved-again')
  expect(status?.target?.workload).toMatchObject({ kind: 'Rollout', name: 'moved' })
})

describe('a Rollout whose pod template cannot be found makes no pod: template and request say why', () => {
  test.each<[string, object, string]>([
    ['bare', {}, 'Rollout bare has no pod template: spec.template is absent, and so is spec.workloadRef'],
    [
      'odd',
      { workloadRef: { apiVersion: 'example.org/v1', kind: 'Fleet', name: 'web' } },
      "Rollout odd refers to Fleet web, and the workloads in Sallyport's config do not name Fleet of example.org/v1",
    ],
    [
      'twice',
      { workloadRef: { apiVersion: rollouts.apiVersion, kind: 'Rollout', name: 'bare' } },
      'Rollout twice refers to Rollout bare, which has no pod template of its own',
    ],
  ])('%s', async (name, spec, message) => {
    await rolloutWith(name, spec)
    await offerRollout(name)
    await ask(`${name}-mine`)

    expect(await ended(namespace, `${name}-mine`, 'Failed')).toBe(message)
    expect(readyOf(await notReady(namespace, name, 'Unusable'))).toMatchObject({ status: 'False', message })
  })

  test('and the template is ready once it can be found', async () => {
    const { spec } = workloadFile(namespace, 'Deployment', 'bare') as { spec: { template: object } }
    await rolloutWith('mended', {})
    await offerRollout('mended')
    await notReady(namespace, 'mended', 'Unusable')
    await rolloutWith('mended', { template: spec.template })

    await told('condition=Ready', 'atmpl/mended')
  })
})
