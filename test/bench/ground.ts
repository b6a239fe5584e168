import type { Client } from '../../src/cluster/client/client.ts'
import type { Cluster, ClusterUser } from '../cluster/cluster.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { makeHome } from '../fixtures/home.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { apply } from '../fixtures/kubectl.ts'
import { testCluster } from '../fixtures/run-cluster.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'
import { allowAll, type AllowAll } from './allow-all.ts'
import { namespaces, pod } from './places.ts'

/** The place where the figures are measured: a cluster with our gate, and beside it the same without. */
export interface Ground {
  readonly cluster: Cluster
  readonly gate: DevGate
  readonly allowAll: AllowAll
  readonly admin: Client
  readonly alice: Client
  /** The client of a user without a standing right to exec. */
  readonly mallory: Client
  readonly bob: Client
}

/** Lays the ground in the run's cluster. Everything that must end again is left with `cleanup`. */
export async function layGround(cleanup: AsyncDisposableStack): Promise<Ground> {
  const client = (user: ClusterUser): Client => cleanup.adopt(clientOf(user), (one) => one.close())
  const admin = client('admin')
  for (const name of Object.values(namespaces)) {
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    await mayExec(name, 'alice')
    await runningPod(name, pod)
  }
  await makeHome()
  const gate = await startDevGate({
    excludedNamespaces: [namespaces.bare, namespaces.allowAll],
    // For the many grants that are only stored: the pods of their requests do not exist.
    grants: { requireDigest: false },
    requests: { maxUnfinished: 100_000 },
  })
  cleanup.defer(async () => {
    await gate.stop()
  })
  await apply(bindingOf('requestor', 'dev'), bindingOf('approver', 'sre'))
  return {
    cluster: testCluster(),
    gate,
    allowAll: await allowAll(admin, cleanup),
    admin,
    alice: client('alice'),
    mallory: client('mallory'),
    bob: client('bob'),
  }
}

function bindingOf(role: string, group: string): object {
  const apiGroup = 'rbac.authorization.k8s.io'
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: `sallyport-bench-${role}` },
    roleRef: { apiGroup, kind: 'ClusterRole', name: `sallyport-${role}` },
    subjects: [{ apiGroup, kind: 'Group', name: group }],
  }
}
