import { allKinds } from '../../src/api/kinds/all-kinds.ts'
import { accessPassKind } from '../../src/api/kinds/access-pass.ts'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { pathOf, type Resource } from '../../src/cluster/client/resource.ts'
import { customResourceDefinition } from '../../src/install/crd.ts'
import { guardPolicies } from '../../src/install/guard-policy.ts'
import type { Manifest } from '../../src/api/manifest.ts'
import { installation } from '../../src/api/installation.ts'
import { userRoles } from '../../src/install/user-roles.ts'
import { clientOf, refusal } from '../fixtures/api-client.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { powerfulServiceAccount } from '../fixtures/service-account.ts'
import { until } from '../fixtures/until.ts'
import { accessPass, accessRequest } from './objects.ts'

const plurals: Readonly<Record<string, string>> = {
  CustomResourceDefinition: 'customresourcedefinitions',
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
}

/**
 * Installs our kinds, roles and policies, and no webhook. So the tests see what the API server itself does. In the
 * namespace, alice may ask and bob may grant. Every suite may call it.
 * @returns the login of Sallyport's service account, with a real token and with every right that RBAC can give
 */
export async function installKinds(namespace: string): Promise<{ kubeconfig: string }> {
  const client = clientOf('admin')
  const definitions = allKinds.map(customResourceDefinition)
  for (const object of [...definitions, ...userRoles(), ...guardPolicies()]) {
    await client.apply(resourceOf(object), object)
  }
  const names = definitions.map(({ metadata }) => `crd/${metadata.name}`)
  await admin(['wait', '--for=condition=Established', ...names, '--timeout=30s'])
  await admin(['create', 'namespace', namespace])
  await apply(...[bound(namespace, 'requestor', 'alice'), bound(namespace, 'approver', 'bob')])
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: installation.namespace } })
  const account = await powerfulServiceAccount(installation.namespace, installation.serviceAccount)
  await policiesHold(client, namespace)
  await client.close()
  return account
}

/** Asks each policy until it refuses what it should. A policy takes effect only some time after it is stored. */
async function policiesHold(admin: Client, namespace: string): Promise<void> {
  const alice = clientOf('alice')
  const probes: readonly [string, Client, Resource, object][] = [
    ['E_SALLYPORT_ONLY', admin, accessPassKind, accessPass(namespace, 'probe')],
    [
      'E_FORGED_IDENTITY',
      alice,
      accessRequestKind,
      accessRequest(namespace, 'probe', { requestor: { username: 'x' } }),
    ],
    ['E_FOREIGN_METADATA', alice, accessRequestKind, withFinalizer(accessRequest(namespace, 'probe'))],
  ]
  for (const [code, client, resource, body] of probes) {
    const dryRun = { method: 'POST', query: { dryRun: 'All' }, body } as const
    await until(`the policy refuses with ${code}`, async () =>
      (await refusal(client.call(pathOf(resource, { namespace }), dryRun)).catch(() => '')).includes(code),
    )
  }
  await alice.close()
}

function withFinalizer<T extends { metadata: object }>(object: T): T {
  return { ...object, metadata: { ...object.metadata, finalizers: ['example.com/probe'] } }
}

function bound(namespace: string, role: string, user: string): object {
  const name = `sallyport-${role}`
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }],
  }
}

function resourceOf({ apiVersion, kind }: Manifest): Resource {
  const plural = plurals[kind]
  if (plural === undefined) throw new Error(`no plural known for ${kind}`)
  return { apiVersion, kind, plural, namespaced: false }
}
