import { expect, test } from '@jest/globals'
import { trimPod } from '../../../../src/controller/views/trim-pod.ts'
import { aPod } from '../../../fixtures/example-access.ts'

test('the container of a task stays whole, since it is compared, and others are trimmed', () => {
  const pod = aPod()
  const more = { command: ['id'], securityContext: { privileged: true } }
  const task = { name: 'task-1', image: 'tools:1', ...more }
  const own = { name: 'task-runner', image: 'web:1' }
  const ephemeralContainers = [task, { ...own, name: 'debug', ...more }]
  const spec = { ...pod.spec, containers: [{ ...own, ...more }], ephemeralContainers }

  const whole = { apiVersion: 'v1', kind: 'Pod', ...pod, spec }
  const { spec: trimmed } = trimPod(whole)

  expect(trimmed).toMatchObject({ containers: [own], ephemeralContainers: [task, { ...own, name: 'debug' }] })
  expect(trimmed.containers[0]).toEqual(own)
  expect(trimmed.ephemeralContainers?.[1]).toEqual({ ...own, name: 'debug' })
})
