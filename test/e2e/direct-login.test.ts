import { describe, expect, test } from '@jest/globals'
import { access, applied, binding, exec, requestFile } from '../fixtures/access.ts'
import { challengedIn } from '../fixtures/challenges.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { apply, kubectl, kubectlRefused } from '../fixtures/kubectl.ts'
import { powerfulServiceAccount, secretLogin } from '../fixtures/service-account.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { runningPod } from '../fixtures/workload.ts'

// Asking and using need a direct login, as a verdict does. Each kind of login of a service account is a direct login.

const namespace = 'direct-login'
const testOnNode = testWithNode()
const { offer, ask, verdict } = challengedIn(namespace)
const asAlice = ['--as=alice', '--as-group=dev', '--as-group=system:masters']

const gate = gatedNamespace(
  namespace,
  async () => {
    if (testOnNode === test) await runningPod(namespace, 'web-0')
    for (const name of ['backup', 'robot']) await powerfulServiceAccount(namespace, name)
  },
  {
    exemptions: [
      {
        why: 'it backs up by exec',
        subjects: [{ kind: 'ServiceAccount', name: 'backup', namespace }],
        namespaces: [namespace],
        subresources: ['pods/exec'],
      },
    ],
  },
)

describe('a person who may impersonate alice', () => {
  test('cannot ask as alice', async () => {
    const file = JSON.stringify(requestFile(namespace, 'as-alice'))

    expect(await kubectlRefused('admin', ['create', '-f', '-', ...asAlice], file)).toContain(
      'alice asks for access without proof of a direct login, as with kubectl --as (E_IMPERSONATED)',
    )
  })

  testOnNode('cannot use the access that alice has', async () => {
    await access(namespace, 'of-alice')

    const { stderr } = await kubectl('admin', ['exec', 'web-0', '-n', namespace, '-c', 'app', ...asAlice, '--', 'id'])

    expect(stderr).toContain(
      'alice tries pods/exec without proof of a direct login, as with kubectl --as (E_IMPERSONATED)',
    )
    const event = await until('the event', () => gate().decisions.find(({ code }) => code === 'E_IMPERSONATED'))
    expect(event).toMatchObject({ user: 'alice', login: 'unproven' })
    expect(await exec('alice', namespace)).toMatchObject({ code: 0 })
  })
})

describe('a service account that logs in by the token of a Secret', () => {
  testOnNode('is exempt as it is by any other token', async () => {
    expect(await exec(await secretLogin(namespace, 'backup'), namespace)).toMatchObject({ code: 0 })
  })

  test('gives a verdict where the template names it', async () => {
    const robot = { kind: 'ServiceAccount', name: 'robot', namespace }
    await offer('by-robot', [{ peerReview: { count: 1, reviewers: [robot] } }])
    await ask('by-robot')

    const login = await secretLogin(namespace, 'robot')
    expect(await applied(login, await verdict('robot', 'by-robot'))).toContain('created')
  })

  test('is not its own login where somebody impersonates it', async () => {
    await apply(binding(namespace, 'edit', 'mallory'))

    expect(
      await kubectl('mallory', [
        ...['exec', 'web-0', '-n', namespace, '-c', 'app'],
        `--as=system:serviceaccount:${namespace}:backup`,
        ...['--', 'id'],
      ]),
    ).toMatchObject({ stderr: expect.stringContaining('(E_IMPERSONATED)') })
  })
})
