import { describe, expect, test } from '@jest/globals'
import type { ShellAccess } from '../../../../src/api/kinds/access/shell-access.ts'
import type { ShellMutation } from '../../../../src/api/kinds/access/shell-mutation.ts'
import { shellProblems } from '../../../../src/provision/shell/shell-problems.ts'
import { aWorkload } from '../../../fixtures/example-workload.ts'

const from = { kind: 'Deployment', name: 'web' }
const podTemplate = { ...aWorkload() }

test('a good template has none', () => {
  const mutate: ShellMutation = {
    keep: ['livenessProbe'],
    labels: { team: 'ops', 'example.com/empty': '' },
    annotations: { 'example.com/any': 'thing: at all\n' },
    env: [{ name: 'A', value: '' }, { name: 'B', valueFrom: { fieldRef: {} } }, { name: 'C' }],
    resources: { requests: { cpu: '500m', memory: 1 }, limits: { cpu: 0.5, 'example.com/gpu': 1 } },
    jsonPatch: [
      { op: 'test', path: '/spec/nodeName', value: null },
      { op: 'add', path: '/spec/containers/0/tty', value: true },
      { op: 'copy', from: '/spec/terminationGracePeriodSeconds', path: '/spec/containers/0/x' },
    ],
  }
  expect(shellProblems({ from, mutate, limits: { cpu: 2, memory: '2Gi' } })).toStrictEqual([])
  expect(shellProblems({ podTemplate, container: 'app' })).toStrictEqual([])
})

describe('a bad one is told where:', () => {
  const oneOf = 'set exactly one of shell.from and shell.podTemplate'
  const cases: readonly [string, ShellAccess, string][] = [
    ['neither source', {}, oneOf],
    ['both sources', { from, podTemplate }, oneOf],
    [
      'no amount',
      { from, limits: { cpu: '2 cores' } },
      'shell.limits.cpu is not a quantity such as 500m or 1Gi: 2 cores',
    ],
    [
      'below zero',
      { from, limits: { memory: '-1Gi' } },
      'shell.limits.memory is not a quantity such as 500m or 1Gi: -1Gi',
    ],
    [
      'below zero as a number',
      { from, limits: { cpu: -1 } },
      'shell.limits.cpu is not a quantity such as 500m or 1Gi: -1',
    ],
    ['a pod without spec', { podTemplate: {} }, 'shell.podTemplate.spec is missing'],
    [
      'a pod without containers',
      { podTemplate: { spec: { containers: [] } } },
      'shell.podTemplate.spec.containers must NOT have fewer than 1 items, and is a list of 0',
    ],
    [
      'a container without name',
      { podTemplate: { spec: { containers: [{}] } } },
      'shell.podTemplate.spec.containers[0].name is missing',
    ],
    [
      'a status',
      { podTemplate: { ...podTemplate, status: {} } },
      'shell.podTemplate.status is not a known field; known are metadata, spec',
    ],
    [
      'a name',
      { podTemplate: { ...podTemplate, metadata: { name: 'x' } } },
      'shell.podTemplate.metadata.name cannot be set; labels and annotations can',
    ],
    [
      'a container that the pod has not',
      { podTemplate, container: 'x' },
      'shell, with its own podTemplate: the pod has no container x; it has logs, app',
    ],
    [
      'a patch that fails on its own pod',
      { podTemplate, mutate: { jsonPatch: [{ op: 'remove', path: '/spec/hostPID' }] } },
      'shell, with its own podTemplate: mutate.jsonPatch[0]: /spec/hostPID does not exist',
    ],
    [
      'beyond measure',
      { podTemplate: { spec: { containers: [{ name: 'x', command: ['x'.repeat(270_000)] }] } } },
      'shell.podTemplate has more than 262144 characters or 64 levels',
    ],
    [
      'bottomless',
      { from, mutate: { jsonPatch: [{ op: 'add', path: '/spec/x', value: nested(9_000) }] } },
      'shell.mutate.jsonPatch has more than 262144 characters or 64 levels',
    ],
    ...mutations().map(([what, mutate, text]): [string, ShellAccess, string] => [
      what,
      { from, mutate },
      `shell.mutate.${text}`,
    ]),
  ]
  test.each(cases)('%s', (_, shell, problem) => {
    expect(shellProblems(shell)).toStrictEqual([problem])
  })
})

function nested(depth: number): unknown {
  return Array.from({ length: depth }).reduce((inner) => [inner], {})
}

function mutations(): readonly [string, ShellMutation, string][] {
  return [
    ['a variable twice', { env: [{ name: 'A' }, { name: 'A' }, { name: 'A' }] }, 'env has A twice'],
    [
      'a variable with two values',
      { env: [{ name: 'A', value: '1', valueFrom: {} }] },
      'env gives A a value and valueFrom: leave one out',
    ],
    ['a variable with =', { env: [{ name: 'A=B' }] }, 'env has a name with =: A=B'],
    [
      'no request',
      { resources: { requests: { cpu: 'much' } } },
      'resources.requests.cpu is not a quantity such as 500m or 1Gi: much',
    ],
    [
      'more than its limit',
      { resources: { requests: { memory: '1Gi' }, limits: { memory: '1G' } } },
      'resources.requests.memory is 1Gi, above its limit of 1G',
    ],
    [
      'a label that is none',
      { labels: { 'a b': 'x' } },
      'labels has a key that is not of the form tier or example.com/tier: a b',
    ],
    [
      'a label with a bad prefix',
      { labels: { 'Example.com/a': 'x' } },
      'labels has a key that is not of the form tier or example.com/tier: Example.com/a',
    ],
    [
      'a label value that is none',
      { labels: { tier: 'front end' } },
      'labels.tier is not a label value (63 letters, digits, -, _ or .): front end',
    ],
    [
      'our label',
      { labels: { 'x.access.sallyport.dev/a': 'b' } },
      'labels sets x.access.sallyport.dev/a, which only Sallyport may set: leave it out',
    ],
    [
      'our annotation',
      { annotations: { 'access.sallyport.dev/request': 'b' } },
      'annotations sets access.sallyport.dev/request, which only Sallyport may set: leave it out',
    ],
    [
      'the label of one pod',
      { labels: { 'statefulset.kubernetes.io/pod-name': 'web-0' } },
      'labels: the pod would have the label statefulset.kubernetes.io/pod-name=web-0 of the pod template: a Service could send it traffic',
    ],
    [
      'a node selector that is none',
      { nodeSelector: { zone: 'a b' } },
      'nodeSelector.zone is not a label value (63 letters, digits, -, _ or .): a b',
    ],
    [
      'a pointer that is none',
      { jsonPatch: [{ op: 'remove', path: 'spec' }] },
      'jsonPatch[0]: path is not a JSON pointer such as /spec/containers/0: spec',
    ],
    [
      'a move without from',
      {
        jsonPatch: [
          { op: 'test', path: '', value: 1 },
          { op: 'move', path: '/a' },
        ],
      },
      'jsonPatch[1]: move needs from',
    ],
    ...[
      '/spec/nodeName',
      '/spec/activeDeadlineSeconds',
      '/metadata/name',
      '/metadata/finalizers/0',
      '/status/phase',
    ].map((path): [string, ShellMutation, string] => [
      `a patch of ${path}`,
      { jsonPatch: [{ op: 'add', path, value: 1 }] },
      `jsonPatch[0]: only Sallyport sets ${path}: leave the operation out`,
    ]),
    [
      'a move away of what is ours',
      { jsonPatch: [{ op: 'move', from: '/spec/restartPolicy', path: '/spec/dnsPolicy' }] },
      'jsonPatch[0]: only Sallyport sets /spec/restartPolicy: leave the operation out',
    ],
  ]
}
