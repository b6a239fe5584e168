import { expect, test } from '@jest/globals'
import { access, exec, madeFor } from '../fixtures/access.ts'
import { gatedPod } from '../fixtures/gated-namespace.ts'
import { admin, kubectl, kubectlRefused } from '../fixtures/kubectl.ts'
import { serviceAccountLogin } from '../fixtures/service-account.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { installation } from '../../src/api/installation.ts'
import { providedName } from '../../src/api/provided-object.ts'

const namespace = 'least-power'
const testOnNode = testWithNode()

gatedPod(namespace)

/** Returns the users that the binding of an access names. */
async function bound(name: string): Promise<string> {
  const subjects = ['-o', 'jsonpath={.subjects[*].name}', '--ignore-not-found']
  return admin(['get', 'rolebinding', name, '-n', namespace, ...subjects])
}

testOnNode('Sallyport holds what it gives, and the gate denies it like everyone else', async () => {
  const sallyport = await serviceAccountLogin(installation.namespace, installation.serviceAccount)

  const refusal = await kubectlRefused(sallyport, ['exec', 'web-0', '-n', namespace, '-c', 'app', '--', 'id'])

  expect(refusal).toContain(`system:serviceaccount:sallyport-system:sallyport has no access to pod ${namespace}/web-0`)
})

test('Sallyport may not give itself more', async () => {
  const sallyport = await serviceAccountLogin(installation.namespace, installation.serviceAccount)
  const secrets = ['create', 'role', 'more', '-n', namespace, '--verb=get', '--resource=secrets']

  expect((await kubectl(sallyport, secrets)).stderr).toContain(
    'attempting to grant RBAC permissions not currently held',
  )
  for (const verb of ['escalate', 'bind']) {
    expect((await kubectl(sallyport, ['auth', 'can-i', verb, 'clusterroles'])).stdout).toBe('no\n')
  }
})

test('Sallyport may restore the webhook configuration and policies that are its own, and no others', async () => {
  const sallyport = await serviceAccountLogin(installation.namespace, installation.serviceAccount)
  const may = async (verb: string, what: string): Promise<string> =>
    (await kubectl(sallyport, ['auth', 'can-i', verb, what])).stdout.trim()

  for (const kind of ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations']) {
    expect(await may('update', `${kind}/${installation.name}`)).toBe('yes')
    // OpenShift lets only a user who may delete an object restore its owner.
    expect(await may('delete', `${kind}/${installation.name}`)).toBe('yes')
    for (const verb of ['get', 'update', 'patch', 'delete']) expect(await may(verb, `${kind}/another`)).toBe('no')
    for (const verb of ['list', 'create']) expect(await may(verb, kind)).toBe('no')
  }
  expect(await may('update', 'validatingadmissionpolicies/sallyport-writers')).toBe('yes')
  expect(await may('delete', 'validatingadmissionpolicies/sallyport-writers')).toBe('no')
  expect(await may('update', 'validatingadmissionpolicies/another')).toBe('no')
  const kinds = 'customresourcedefinitions'
  expect(await may('get', `${kinds}/accessrequests.access.sallyport.dev`)).toBe('yes')
  for (const verb of ['update', 'patch', 'delete']) {
    expect(await may(verb, `${kinds}/accessrequests.access.sallyport.dev`)).toBe('no')
  }
  for (const verb of ['list', 'create']) expect(await may(verb, kinds)).toBe('no')
})

testOnNode('a binding that somebody edits is restored, one that somebody deletes is made again', async () => {
  const { metadata } = await access(namespace, 'drift')
  const name = providedName(metadata.uid)
  const mallory = { kind: 'User', name: 'mallory', apiGroup: 'rbac.authorization.k8s.io' }

  await admin([
    'patch',
    'rolebinding',
    name,
    '-n',
    namespace,
    '--type=merge',
    '-p',
    JSON.stringify({ subjects: [mallory] }),
  ])
  await until('alice alone is bound again', async () => (await bound(name)) === 'alice')
  await admin(['delete', 'rolebinding,role', name, '-n', namespace])
  await until('both are there again', async () => (await madeFor(namespace, metadata.uid)).length === 2)

  await until('alice gets in', async () => (await exec('alice', namespace)).code === 0)
})

testOnNode('a label that somebody adds is left alone', async () => {
  const { metadata } = await access(namespace, 'labelled')
  const name = providedName(metadata.uid)

  await admin(['label', 'rolebinding', name, '-n', namespace, 'team=shop'])
  await admin(['delete', 'role', name, '-n', namespace])
  await until('the controller has looked', async () => (await madeFor(namespace, metadata.uid)).length === 2)

  expect(await admin(['get', 'rolebinding', name, '-n', namespace, '-o', 'jsonpath={.metadata.labels.team}'])).toBe(
    'shop',
  )
})
