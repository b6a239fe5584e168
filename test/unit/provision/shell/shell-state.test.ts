import { describe, expect, test } from '@jest/globals'
import type { Pod } from '../../../../src/api/pod.ts'
import { shellState } from '../../../../src/provision/shell/shell-state.ts'
import { aPod } from '../../../fixtures/example-access.ts'

const withStatus = (status: Pod['status'], deletionTimestamp?: string): Pod => ({
  ...aPod({ metadata: deletionTimestamp === undefined ? {} : { deletionTimestamp } }),
  status: status ?? {},
})
const waiting = (reason: string, message?: string): Pod['status'] => ({
  phase: 'Pending',
  containerStatuses: [{ name: 'app', state: { waiting: { reason, ...(message !== undefined && { message }) } } }],
})
const exited = (terminated: object): Pod['status'] => ({
  phase: 'Failed',
  containerStatuses: [
    { name: 'side', state: { terminated: { exitCode: 0, reason: 'Completed' } } },
    { name: 'app', state: { terminated: { exitCode: 137, ...terminated } } },
  ],
})

test('a pod is ready once the container runs that is entered', () => {
  expect(shellState(aPod(), 'app')).toEqual({
    state: 'ready',
  })
})

test('a pod whose program ended is no loss', () => {
  expect(shellState(withStatus({ phase: 'Succeeded' }), 'app')).toEqual({ state: 'ended', message: 'its pod ended' })
})

describe('a pod that starts says what it waits for, in the cluster’s words', () => {
  test.each<[string, Pod['status'], string]>([
    ['nothing is known yet', undefined, 'its pod starts'],
    ['it is not ready yet', { conditions: [{ type: 'Ready', status: 'False' }] }, 'its pod starts'],
    [
      'no node has room',
      {
        conditions: [
          { type: 'PodScheduled', status: 'False', message: '0/1 nodes are available: 1 Insufficient cpu.' },
        ],
      },
      'its pod waits for a node: 0/1 nodes are available: 1 Insufficient cpu.',
    ],
    ['its container is being made', waiting('ContainerCreating'), 'its pod starts'],
    ['its init containers run', waiting('PodInitializing'), 'its pod starts'],
    ['its image is not there', waiting('ImagePullBackOff'), 'its pod starts: container app waits (ImagePullBackOff)'],
    [
      'its image is not there, and why',
      waiting('ErrImagePull', 'no such host'),
      'its pod starts: container app waits (ErrImagePull: no such host)',
    ],
  ])('%s', (_title, status, message) => {
    expect(shellState(withStatus(status), 'app')).toEqual({ state: 'starting', message })
  })

  test('of any length', () => {
    const long = 'x'.repeat(1_000)

    expect(shellState(withStatus(waiting('ErrImagePull', long)), 'app')).toMatchObject({
      message: expect.stringContaining(long),
    })
  })

  test('but never more than a status holds, nor what a terminal would obey', () => {
    const state = shellState(withStatus(waiting('ErrImagePull', '\u001b[2J'.repeat(5_000))), 'app')

    expect(JSON.stringify(state)).not.toContain('\u001b')
    expect('message' in state && state.message.length).toBeLessThan(4_096)
  })
})

describe('a pod that is lost says why', () => {
  const disrupted = { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'evicting' }
  test.each<[string, Pod | undefined, string]>([
    ['it is gone', undefined, 'its pod was deleted'],
    ['it is being deleted', withStatus({ phase: 'Running' }, '2026-11-21T12:00:00Z'), 'its pod was deleted'],
    [
      'it is being evicted',
      withStatus({ conditions: [disrupted] }, '2026-11-21T12:00:00Z'),
      'its pod was deleted (EvictionByEvictionAPI: evicting)',
    ],
    [
      'the node was short of something',
      withStatus({ phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' }),
      'its pod failed: Evicted: The node was low on resource: memory.',
    ],
    ['nobody says why', withStatus({ phase: 'Failed' }), 'its pod failed'],
    [
      'its container took too much',
      withStatus(exited({ reason: 'OOMKilled' })),
      'its program ended with exit code 137 (OOMKilled)',
    ],
    [
      'its container left a message',
      withStatus(exited({ reason: 'Error', message: 'no license' })),
      'its program ended with exit code 137 (no license)',
    ],
  ])('%s', (_title, pod, message) => {
    expect(shellState(pod, 'app')).toEqual({ state: 'lost', message })
  })
})

describe('a pod with containers beside the one that is entered', () => {
  const beside = (app: object, others: Pod['status'] = {}): Pod => ({
    ...aPod(),
    spec: {
      restartPolicy: 'Never',
      initContainers: [{ name: 'fetch-config' }],
      containers: [{ name: 'app' }, { name: 'proxy' }],
    },
    status: {
      phase: 'Running',
      containerStatuses: [
        { name: 'app', state: app },
        { name: 'proxy', state: { running: {} } },
      ],
      ...others,
    },
  })

  test.each<[string, Pod, ReturnType<typeof shellState>]>([
    [
      'ends with its program',
      beside({ terminated: { exitCode: 0, reason: 'Completed' } }),
      { state: 'ended', message: 'its program ended with exit code 0 (Completed)' },
    ],
    [
      'is lost with its program',
      beside({ terminated: { exitCode: 137, reason: 'OOMKilled' } }),
      { state: 'lost', message: 'its program ended with exit code 137 (OOMKilled)' },
    ],
    [
      'is ready with its program',
      beside({ running: {} }, { conditions: [{ type: 'Ready', status: 'False' }] }),
      { state: 'ready' },
    ],
    [
      'tells which init container failed, and what it said',
      beside(
        { waiting: { reason: 'PodInitializing' } },
        {
          phase: 'Failed',
          initContainerStatuses: [
            {
              name: 'fetch-config',
              state: { terminated: { exitCode: 7, reason: 'Error', message: 'no token for vault' } },
            },
          ],
        },
      ),
      {
        state: 'lost',
        message: 'its pod failed: init container fetch-config ended with exit code 7 (no token for vault)',
      },
    ],
    [
      'tells which init container has no image',
      beside(
        { waiting: { reason: 'PodInitializing' } },
        {
          phase: 'Pending',
          initContainerStatuses: [{ name: 'fetch-config', state: { waiting: { reason: 'ImagePullBackOff' } } }],
        },
      ),
      { state: 'starting', message: 'its pod starts: init container fetch-config waits (ImagePullBackOff)' },
    ],
  ])('%s', (_title, pod, state) => {
    expect(shellState(pod, 'app')).toEqual(state)
  })
})
