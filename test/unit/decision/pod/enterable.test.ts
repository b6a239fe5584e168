import { describe, expect, test } from '@jest/globals'
import type { Pod } from '../../../../src/api/pod.ts'
import { findContainer } from '../../../../src/decision/pod/container.ts'
import { enterable, endSentence, type Enterable } from '../../../../src/decision/pod/enterable.ts'
import { aPod } from '../../../fixtures/example-access.ts'

type Terminated = { exitCode: number; reason?: string; message?: string }

/** Returns a pod whose container app ended so, beside one that runs. */
function beside(terminated: Terminated, spec: Partial<Pod['spec']> = {}): Pod {
  return {
    ...aPod(),
    spec: { restartPolicy: 'Never', containers: [{ name: 'app' }, { name: 'proxy' }], ...spec },
    status: {
      phase: 'Running',
      containerStatuses: [
        { name: 'app', state: { terminated } },
        { name: 'proxy', state: { running: {} } },
      ],
    },
  }
}

function judged(pod: Pod, name = 'app'): Enterable {
  const container = findContainer(pod, name)
  if (!container) throw new Error(`there is no container ${name}`)
  return enterable(pod, container)
}

function sentence(pod: Pod, name = 'app'): string {
  const container = findContainer(pod, name)
  const end = judged(pod, name)
  if (!container || end.state !== 'ended') throw new Error(`container ${name} has not ended`)
  return endSentence(pod, container, end)
}

describe('nobody gets in ever again', () => {
  test.each<[string, Pod, string]>([
    ['where the pod succeeded', { ...aPod(), status: { phase: 'Succeeded' } }, 'pod web-0 has ended (Succeeded)'],
    [
      'where no node took it, so that there never was a container',
      { ...aPod(), status: { phase: 'Failed', reason: 'OutOfcpu', message: 'Node did not have enough resource: cpu' } },
      'pod web-0 has ended (Failed): OutOfcpu: Node did not have enough resource: cpu',
    ],
    [
      'where it was evicted',
      { ...aPod(), status: { phase: 'Failed', reason: 'Evicted', message: 'low on memory' } },
      'pod web-0 has ended (Failed): Evicted: low on memory',
    ],
    [
      'where the program ended beside one that runs',
      beside({ exitCode: 0 }),
      'container app of pod web-0 ended with exit code 0, and is not started again',
    ],
    [
      'where it is started again after a failure only, and did not fail',
      beside({ exitCode: 0, reason: 'Completed' }, { restartPolicy: 'OnFailure' }),
      'container app of pod web-0 ended with exit code 0 (Completed), and is not started again',
    ],
    [
      'where the pod is being deleted and it does not run',
      { ...aPod({ running: false }), metadata: { ...aPod().metadata, deletionTimestamp: '2026-11-21T12:00:00Z' } },
      'pod web-0 is being deleted, and none of its containers runs',
    ],
  ])('%s', (_title, pod, text) => {
    expect(sentence(pod)).toBe(text)
  })

  test('into an init container that has done its work', () => {
    const pod: Pod = {
      ...aPod(),
      spec: { containers: [{ name: 'app' }], initContainers: [{ name: 'migrate' }] },
      status: { initContainerStatuses: [{ name: 'migrate', state: { terminated: { exitCode: 0 } } }] },
    }

    expect(judged(pod, 'migrate').state).toBe('ended')
  })
})

describe('somebody may get in later', () => {
  const rules = (action: string, values: number[]): Partial<Pod['spec']> => ({
    containers: [
      { name: 'app', restartPolicyRules: [{ action, exitCodes: { operator: 'In', values } }] },
      { name: 'proxy' },
    ],
  })
  test.each<[string, Pod]>([
    ['where it is always started again', beside({ exitCode: 0 }, { restartPolicy: 'Always' })],
    ['where nothing is said of that', beside({ exitCode: 0 }, { restartPolicy: undefined } as object)],
    ['where it failed and is started again for that', beside({ exitCode: 3 }, { restartPolicy: 'OnFailure' })],
    [
      'where it has a policy of its own',
      beside({ exitCode: 0 }, { containers: [{ name: 'app', restartPolicy: 'Always' }] }),
    ],
    ['where a rule starts it again', beside({ exitCode: 42 }, rules('Restart', [42]))],
    ['where the end of one starts all again', beside({ exitCode: 1 }, rules('RestartAllContainers', [42]))],
  ])('%s', (_title, pod) => {
    expect(judged(pod).state).toBe('waits')
  })

  test('not where no rule is for its exit code', () => {
    expect(judged(beside({ exitCode: 1 }, rules('Restart', [42]))).state).toBe('ended')
  })

  test('where the pod is being deleted and the program still runs', () => {
    expect(judged(aPod({ metadata: { deletionTimestamp: '2026-11-21T12:00:00Z' } })).state).toBe('running')
  })

  test('and why not now: it fails again and again', () => {
    const pod: Pod = {
      ...aPod(),
      status: {
        containerStatuses: [
          {
            name: 'app',
            state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } },
            lastState: { terminated: { exitCode: 2, reason: 'Error', message: 'no database' } },
          },
        ],
      },
    }

    expect(judged(pod)).toEqual({
      state: 'waits',
      why: 'container app ended with exit code 2 (no database) and is started again',
    })
  })
})
