import { beforeAll, describe, expect } from '@jest/globals'
import { join } from 'node:path'
import { conditionIn } from '../../src/api/conditions.ts'
import { serviceAccountUser } from '../../src/api/installation.ts'
import { applied, asked, binding, ended, grantFile, refused, storedRequest } from '../fixtures/access.ts'
import { sallyportReadsEphemeral } from '../fixtures/ephemeral-reader.ts'
import { gatedPod } from '../fixtures/gated-namespace.ts'
import { admin, apply, kubectl, kubectlRefused, type KubectlUser } from '../fixtures/kubectl.ts'
import { shellWithPlugin } from '../fixtures/plugin.ts'
import type { Shell } from '../fixtures/shell.ts'
import { taskRequest, taskTemplate, testWithTools } from '../fixtures/tasks.ts'

// Sallyport tries each task in a dry run. So what the rest of the cluster forbids is told before people review it.
const namespace = 'task-admission'
const enforce = 'pod-security.kubernetes.io/enforce'
const testWithTask = testWithTools()
const gate = gatedPod(namespace)

let shell: Shell
beforeAll(async () => {
  shell = await shellWithPlugin()
  await apply(binding(namespace, 'edit', 'dev'))
  await sallyportReadsEphemeral(namespace)
})

const containers = (): Promise<string> =>
  admin(['get', 'pod', 'web-0', '-n', namespace, '-o', 'jsonpath={.spec.ephemeralContainers[*].name}'])

describe('the dry run opens nothing', () => {
  const add = (user: KubectlUser, name: string, ...flags: readonly string[]) => {
    const added = { spec: { ephemeralContainers: [{ name, image: 'none.example/it:1' }] } }
    const patch = ['patch', 'pod', 'web-0', '-n', namespace, '--subresource=ephemeralcontainers', '--type=strategic']
    return [user, [...patch, `--patch=${JSON.stringify(added)}`, ...flags]] as const
  }
  const sallyport = (): KubectlUser => ({ kubeconfig: join(gate().folder, 'kubeconfig') })

  testWithTask.each<[string, () => ReturnType<typeof add>, RegExp]>([
    ['for another user', () => add('admin', 'task-1', '--dry-run=server'), /E_NOT_LISTED/],
    [
      'for a user who impersonates Sallyport',
      () => add('admin', 'task-1', '--dry-run=server', `--as=${serviceAccountUser}`),
      /E_IMPERSONATED/,
    ],
    ['for another container of Sallyport', () => add(sallyport(), 'hers', '--dry-run=server'), /E_NOT_LISTED/],
    ['for a task for real', () => add(sallyport(), 'task-1'), /E_NOT_LISTED|E_ENDED/],
  ])('%s', async (_title, tried, text) => {
    expect(await kubectlRefused(...tried())).toMatch(text)
  })

  testWithTask('and stores nothing', async () => {
    const before = await containers()

    expect((await kubectl(...add(sallyport(), 'task-1', '--dry-run=server'))).code).toBe(0)
    expect(await containers()).toBe(before)
  })
})

testWithTask('what PodSecurity forbids is told before the review, and runs once it is allowed', async () => {
  await admin(['label', 'namespace', namespace, `${enforce}=restricted`])
  const reviewed = { challenges: [{ peerReview: { count: 1, reviewers: [{ kind: 'Group', name: 'sre' }] } }] }
  const task = { command: ['echo', 'hello'], capabilities: ['NET_ADMIN'], runAsUser: 0 }
  await applied('admin', taskTemplate(namespace, 'route', task, reviewed))
  await applied('alice', taskRequest(namespace, 'route'))

  const words =
    /^the API server refused its task, and Sallyport tries again: .*violates PodSecurity "restricted:latest": .*task-.* must not include "NET_ADMIN"/
  const { status } = await refused(namespace, 'route')
  expect([status?.phase, status?.digest, status?.message]).toEqual(['Pending', undefined, expect.stringMatching(words)])
  expect(conditionIn(status, 'TargetResolved')).toMatchObject({ status: 'False', reason: 'Refused' })
  const forBob = await shell('bob', `kubectl access describe route -n ${namespace}`)
  expect(forBob.stdout).toMatch(/violates PodSecurity/)

  await admin(['label', 'namespace', namespace, `${enforce}-`])
  const { digest } = await asked(namespace, 'route', 60)
  expect(await containers()).toBe('')
  await applied('bob', grantFile(namespace, 'route', { digest }))
  expect(await ended(namespace, 'route', 'Completed')).toContain('exit code 0')
  expect(await containers()).toBe(`task-${(await storedRequest(namespace, 'route')).metadata.uid}`)
  expect(
    gate()
      .decisions.filter(({ code }) => code === 'REHEARSED')
      .map(({ dryRun }) => dryRun),
  ).toContain(true)
})
