import { describe, expect, test } from '@jest/globals'
import { debugDigest } from '../../../../../src/decision/kinds/exec/debug-container.ts'
import {
  taskContainer,
  taskDifferences,
  taskSeconds,
  type TaskRun,
} from '../../../../../src/decision/kinds/task/task-container.ts'
import { parameterProblems } from '../../../../../src/decision/kinds/task/task-command.ts'

const image = `tools.example/it@sha256:${'a'.repeat(64)}`
const offered = {
  target: { kind: 'Deployment', name: 'web' },
  image,
  command: ['dump', '<port>'],
  parameters: [{ name: 'port', range: { min: 1, max: 65_535 } }],
  capabilities: ['NET_RAW'],
  runAsUser: 0,
}
const run: TaskRun = { requestUid: 'u', target: 'app', terms: { offered, values: { port: '80' } }, seconds: 60 }
/** The container as the API server stores it. */
const stored = {
  ...taskContainer({ ...run, seconds: 57 }),
  imagePullPolicy: 'IfNotPresent',
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
}

test('the container of a task has what the template names, and no more', () => {
  expect(taskContainer(run)).toEqual({
    name: 'task-u',
    image,
    targetContainerName: 'app',
    command: ['timeout', '-k', '5', '60', 'dump', '80'],
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'], add: ['NET_RAW'] },
      seccompProfile: { type: 'RuntimeDefault' },
      runAsUser: 0,
      runAsNonRoot: false,
    },
  })
})

test('the kubelet expands nothing in the command', () => {
  const shell = { ...offered, command: ['sh', '-c', 'echo "$1" $(id) $$', '<port>'] }
  const { command } = taskContainer({ ...run, terms: { offered: shell, values: { port: '$(PORT)' } } })

  expect(command).toEqual(['timeout', '-k', '5', '60', 'sh', '-c', 'echo "$$1" $$(id) $$$$', '$$(PORT)'])
})

test('a task without privilege drops all, and runs as its pod or image says', () => {
  const { capabilities: _capabilities, runAsUser: _runAsUser, ...plain } = offered
  const { securityContext } = taskContainer({ ...run, terms: { offered: plain, values: { port: '80' } } })

  expect(securityContext).toEqual({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  })
})

describe('a container in the pod', () => {
  test('is the task, also as the API server stores it, and with less time', () => {
    expect(taskDifferences(stored, run)).toEqual([])
  })

  test.each<[string, object, string]>([
    ['another image', { image: 'evil' }, 'image must be '],
    ['another command', { command: ['timeout', '-k', '5', '60', 'dump', '81'] }, 'command[5] must be the word'],
    ['no deadline', { command: ['dump', '80'] }, 'command must have 6 words, not 2'],
    ['no command', { command: null }, 'command must have 6 words, not 0'],
    ['a later deadline', { command: ['timeout', '-k', '5', '61', 'dump', '80'] }, 'command[3] must be the word'],
    [
      'another way to write it',
      { command: ['timeout', '-k', '5', '1e1', 'dump', '80'] },
      'command[3] must be the word',
    ],
    ['another target', { targetContainerName: 'other' }, 'targetContainerName must be "app", not "other"'],
    ['arguments', { args: ['x'] }, 'args must be left out'],
    ['input', { stdin: true }, 'stdin must be left out'],
    ['a variable', { env: [{ name: 'LD_PRELOAD', value: '/x' }] }, 'env must be left out'],
    ['a volume', { volumeMounts: [{ name: 'secret', mountPath: '/s' }] }, 'volumeMounts must be left out'],
    ['privilege', { securityContext: { privileged: true } }, 'securityContext must be '],
    ['the words of a Secret as its end', { terminationMessagePath: '/etc/shadow' }, 'terminationMessagePath must be'],
    ['a field of a newer Kubernetes', { reach: 'node' }, 'reach must be left out'],
    ['a field that every object has', { toString: 'x' }, 'toString must be left out'],
  ])('with %s is not the task', (_title, change, problem) => {
    expect(taskDifferences({ ...stored, ...change }, run)).toEqual([expect.stringContaining(problem)])
  })

  test.each(Object.keys(taskContainer(run)))('without %s it is not the task', (field) => {
    const { [field]: _left, ...rest } = stored as Readonly<Record<string, unknown>>

    expect(taskDifferences(rest, run)).toHaveLength(1)
  })
})

test.each<[string, string | undefined, number, number]>([
  ['the access ends first', '1h', 59_999, 59],
  ['the deadline comes first', '30s', 59_999, 30],
  ['there is no deadline', undefined, 60_000, 60],
  ['no time is left', '30s', -1, 0],
])('the seconds of a task where %s', (_title, deadline, left, seconds) => {
  const terms = { offered: { ...offered, ...(deadline !== undefined && { deadline }) }, values: {} }

  expect(taskSeconds(terms, left)).toBe(seconds)
})

test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
  ['fits', { port: '80' }, []],
  ['is missing', {}, ['parameter port is missing']],
  ['is out of range', { port: '0' }, ['parameter port must be a whole number from 1 to 65535']],
  ['is none of the template', { port: '80', toString: 'x' }, ['it has no parameter toString; it has port']],
])('a value that %s', (_title, values, problems) => {
  expect(parameterProblems({ offered, values })).toEqual(problems)
})

test('a difference quotes no word of the command: it may be a secret', () => {
  const command = ['timeout', '-k', '5', '60', 'dump', 'hunter2']

  expect(taskDifferences({ ...stored, command }, run).join()).not.toMatch(/hunter2|80/)
})

// The gate notes the digest of what it lets in. If the API server then fails, the next attempt has less time.
test('a later attempt to add a task has the same digest, and another task has not', () => {
  const later = taskContainer({ ...run, seconds: 12 })
  const other = taskContainer({ ...run, terms: { offered, values: { port: '81' } } })

  expect(debugDigest(later)).toBe(debugDigest(taskContainer(run)))
  expect(debugDigest(other)).not.toBe(debugDigest(taskContainer(run)))
  expect(debugDigest({ name: 'mine', command: ['a', 'b', 'c', 'd'] })).not.toBe(
    debugDigest({ name: 'mine', command: ['a', 'b', 'c', 'e'] }),
  )
})
