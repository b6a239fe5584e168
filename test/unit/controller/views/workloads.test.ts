import { expect, test } from '@jest/globals'
import { findReferredKind, workloadKinds } from '../../../../src/controller/views/workloads.ts'
import { findWorkloadKind } from '../../../../src/decision/pod/workload-kind.ts'

const rollout = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  plural: 'rollouts',
  podTemplate: 'spec.template',
}
const podTemplate = { apiVersion: 'v1', kind: 'PodTemplate', plural: 'podtemplates', podTemplate: 'template' }
const kinds = workloadKinds([rollout, podTemplate])

test.each([
  ['a built-in kind', { apiVersion: 'apps/v1', kind: 'Deployment' }, 'deployments'],
  ['another version of it', { apiVersion: 'apps/v2', kind: 'Deployment' }, 'deployments'],
  ['a kind of the config', { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' }, 'rollouts'],
  ['a kind of the core group', { apiVersion: 'v1', kind: 'PodTemplate' }, 'podtemplates'],
])('a reference leads to %s', (_title, of, plural) => {
  expect(findReferredKind({ ...of, name: 'web' }, kinds)?.plural).toBe(plural)
})

test.each([
  ['a kind that nobody named', { apiVersion: 'example.org/v1', kind: 'Fleet' }],
  ['a namesake in another group', { apiVersion: 'example.org/v1', kind: 'Deployment' }],
  ['a namesake in the core group', { apiVersion: 'v1', kind: 'Deployment' }],
  ['a Pod, which has no pod template', { apiVersion: 'v1', kind: 'Pod' }],
])('and not to %s', (_title, of) => {
  expect(findReferredKind({ ...of, name: 'web' }, kinds)).toBeUndefined()
})

test('a CronJob is built in, with its pod template in that of its jobs', () => {
  expect(findWorkloadKind({ kind: 'CronJob', name: 'report' }, kinds)).toMatchObject({
    apiVersion: 'batch/v1',
    podTemplate: 'spec.jobTemplate.spec.template',
  })
})
