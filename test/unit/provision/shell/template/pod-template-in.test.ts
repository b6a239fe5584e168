import { describe, expect, test } from '@jest/globals'
import { podTemplateIn, type PodTemplatePaths } from '../../../../../src/provision/shell/template/pod-template-in.ts'

const template = { spec: { containers: [{ name: 'app' }] } }
const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
const rollout: PodTemplatePaths = { podTemplate: 'spec.template', workloadRef: 'spec.workloadRef' }

describe('a pod template is found', () => {
  test.each<[string, object, PodTemplatePaths]>([
    ['where most kinds have it', { spec: { template } }, { podTemplate: 'spec.template' }],
    [
      'where a CronJob has it',
      { spec: { jobTemplate: { spec: { template } } } },
      { podTemplate: 'spec.jobTemplate.spec.template' },
    ],
    ['at the top', { template }, { podTemplate: 'template' }],
    ['before any reference', { spec: { template, workloadRef: reference } }, rollout],
  ])('%s', (_title, object, paths) => {
    expect(podTemplateIn(object, paths)).toEqual({ found: 'template', template })
  })
})

test.each([[{}], [{ template: null }]])('an object without one of its own refers to another: %j', (spec) => {
  const object = { spec: { ...spec, workloadRef: { ...reference, scaleDown: 'onsuccess' } } }

  expect(podTemplateIn(object, rollout)).toMatchObject({ found: 'reference', reference })
})

test('a reference counts only for a kind that has one', () => {
  expect(podTemplateIn({ spec: { workloadRef: reference } }, { podTemplate: 'spec.template' })).toMatchObject({
    found: 'nothing',
  })
})

describe('without one it is said where it was looked for', () => {
  test.each<[string, object, PodTemplatePaths, string]>([
    ['in the one place', {}, { podTemplate: 'spec.template' }, 'spec.template is absent'],
    ['in both', { spec: {} }, rollout, 'spec.template is absent, and so is spec.workloadRef'],
    ['beyond a text', { spec: 'x' }, { podTemplate: 'spec.length' }, 'spec.length is absent'],
    ['in what every object inherits', {}, { podTemplate: 'constructor.prototype' }, 'constructor.prototype is absent'],
    [
      'in a reference that lacks a part',
      { spec: { workloadRef: { kind: 'Deployment', name: 'web' } } },
      rollout,
      'spec.workloadRef.apiVersion is missing',
    ],
    [
      'in no reference at all',
      { spec: { workloadRef: 'web' } },
      rollout,
      'spec.workloadRef must be object, and is "web"',
    ],
  ])('%s', (_title, object, paths, problem) => {
    expect(podTemplateIn(object, paths)).toEqual({ found: 'nothing', problem })
  })
})
