import { expect, test } from '@jest/globals'
import type { AccessTemplate } from '../../../../src/api/kinds/access-template.ts'
import { templateProblems } from '../../../../src/decision/admission/template-problems.ts'
import { aTemplate } from '../../../fixtures/example-template.ts'

const workloads = [
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' },
]
const problems = (spec: Partial<AccessTemplate['spec']>) =>
  templateProblems(aTemplate(spec).spec, { workloads, validators: [] }, 0)
const target = (kind: string, group?: string) => ({ kind, name: 'web', ...(group !== undefined && { group }) })

test.each([
  ['a built-in kind', target('Deployment')],
  ['with its group', target('Deployment', 'apps')],
  ['a plain pod', target('Pod')],
  ['a kind of the config', target('Rollout', 'argoproj.io')],
])('%s can be targeted', (_title, ref) => {
  expect(problems({ access: { exec: { target: ref } } })).toEqual([])
  expect(problems({ access: { shell: { from: ref } } })).toEqual([])
})

test.each([
  ['an unknown kind', target('Deploiment'), 'is of kind Deploiment, not one of Pod, Deployment, Rollout'],
  ['another group’s', target('Deployment', 'extensions'), 'is of kind Deployment of extensions, not one of'],
  ['a group that only begins so', target('Deployment', 'app'), 'is of kind Deployment of app'],
  ['a pod of a group', target('Pod', 'apps'), 'is of kind Pod of apps'],
])('%s cannot, and the field is named', (_title, ref, text) => {
  expect(problems({ access: { exec: { target: ref } } })).toEqual([
    expect.stringContaining(`spec.access.exec.target ${text}`),
  ])
  expect(problems({ access: { shell: { from: ref } } })).toEqual([
    expect.stringContaining(`spec.access.shell.from ${text}`),
  ])
})

test('a pattern must compile', () => {
  expect(problems({ reason: { pattern: '^OPS-\\d+$' } })).toEqual([])
  expect(problems({ reason: { pattern: '(' } })).toEqual([
    expect.stringContaining('spec.reason.pattern is not an RE2 expression'),
  ])
})
