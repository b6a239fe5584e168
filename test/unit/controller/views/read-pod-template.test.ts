import { expect, test } from '@jest/globals'
import { KubeApiError } from '../../../../src/cluster/client/api-error.ts'
import type { Client } from '../../../../src/cluster/client/client.ts'
import { readPodTemplate } from '../../../../src/controller/views/read-pod-template.ts'
import { workloadKinds } from '../../../../src/controller/views/workloads.ts'

const group = 'argoproj.io'
const kinds = workloadKinds([
  {
    apiVersion: `${group}/v1alpha1`,
    kind: 'Rollout',
    plural: 'rollouts',
    podTemplate: 'spec.template',
    workloadRef: 'spec.workloadRef',
  },
])
const workload = { kind: 'Rollout', name: 'web', uid: 'rollout-1' }

/** Returns the API server's refusal for a reader without the right. */
const forbidden = (what: string): KubeApiError =>
  new KubeApiError('refused', { status: 403, statusMessage: `${what} is forbidden` })

/**
 * Reads the template of Rollout web, which refers to Deployment web. `answers` has the result of a read of each kind.
 */
function read(answers: Readonly<Record<string, object | undefined>>): ReturnType<typeof readPodTemplate> {
  const rollout = {
    metadata: { name: 'web', uid: 'rollout-1' },
    spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
  }
  const get: Client['get'] = ({ kind }) => {
    const answer = kind in answers ? answers[kind] : rollout
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as never)
  }
  const { signal } = new AbortController()
  return readPodTemplate({ client: { get }, kinds, namespace: 'shop', signal }, { ...workload, group }, workload)
}

const deployment = { metadata: { name: 'web' }, spec: { template: 'as it stands there' } }

test('the pod template is that of the workload that is referred to', async () => {
  expect(await read({ Deployment: deployment })).toEqual({
    ok: true,
    template: 'as it stands there',
    of: 'Deployment web, to which Rollout web refers,',
    at: 'spec.template',
  })
})

test.each<[string, Parameters<typeof read>[0], string]>([
  [
    'the workload may be read',
    { Rollout: forbidden('rollouts') },
    'Sallyport may not read Rollout web: rollouts is forbidden',
  ],
  [
    'the other may be read',
    { Deployment: forbidden('deployments') },
    'Rollout web refers to Deployment web, which Sallyport may not read: deployments is forbidden',
  ],
  [
    'the other comes',
    { Deployment: undefined },
    'Rollout web refers to Deployment web, which does not exist in shop yet',
  ],
  [
    'the other, which is being deleted, comes again',
    { Deployment: { ...deployment, metadata: { name: 'web', deletionTimestamp: '2026-11-21T12:00:00Z' } } },
    'Rollout web refers to Deployment web, which does not exist in shop yet',
  ],
])('it is waited until %s', async (_title, answers, problem) => {
  expect(await read(answers)).toEqual({ ok: false, problem, final: false })
})

test('nothing is known of a workload that is another by now, or while the API server fails', async () => {
  const failing = new KubeApiError('no answer', { status: 503 })

  expect(await read({ Rollout: { metadata: { name: 'web', uid: 'rollout-2' } } })).toBeUndefined()
  await expect(read({ Deployment: failing })).rejects.toBe(failing)
})
