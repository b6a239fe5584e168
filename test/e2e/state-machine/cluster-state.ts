import { accessGrantKind, type AccessGrant } from '../../../src/api/kinds/access-grant.ts'
import { accessPassKind, type AccessPass } from '../../../src/api/kinds/access-pass.ts'
import { accessRecordKind, type AccessRecord } from '../../../src/api/kinds/access-record.ts'
import { accessRequestKind, type AccessRequest } from '../../../src/api/kinds/access-request.ts'
import type { Client } from '../../../src/cluster/client/client.ts'
import type { KubeObject, Resource } from '../../../src/cluster/client/resource.ts'
import { resources } from '../../../src/cluster/client/resources.ts'
import { installation } from '../../../src/api/installation.ts'
import { requestUidLabel } from '../../../src/api/provided-object.ts'

/** All requests, and all that was made for them. */
export interface ClusterState {
  readonly requests: readonly AccessRequest[]
  readonly grants: readonly AccessGrant[]
  readonly passes: readonly AccessPass[]
  readonly roles: readonly Role[]
  readonly bindings: readonly RoleBinding[]
  readonly uses: readonly AccessRecord[]
}

export interface Role extends KubeObject {
  readonly rules: readonly { readonly resources: readonly string[]; readonly resourceNames?: readonly string[] }[]
}

export interface RoleBinding extends KubeObject {
  readonly roleRef: { readonly kind: string; readonly name: string }
  readonly subjects: readonly { readonly kind: string; readonly name: string }[]
}

/** Reads the state that etcd has now. */
export async function readClusterState(admin: Client, namespace: string): Promise<ClusterState> {
  const list = async <T>(resource: Resource, where: { namespace: string; labelSelector?: string }): Promise<T[]> =>
    (await admin.list(resource, where)).items as T[]
  const labelSelector = requestUidLabel
  const [requests, grants, passes, roles, bindings, records] = await Promise.all([
    list<AccessRequest>(accessRequestKind, { namespace }),
    list<AccessGrant>(accessGrantKind, { namespace }),
    list<AccessPass>(accessPassKind, { namespace }),
    list<Role>(resources.Role, { namespace, labelSelector }),
    list<RoleBinding>(resources.RoleBinding, { namespace, labelSelector }),
    list<AccessRecord>(accessRecordKind, { namespace: installation.namespace }),
  ])
  const uses = records.filter(({ spec }) => (spec.use ?? spec.retry) && spec.request?.namespace === namespace)
  return { requests, grants, passes, roles, bindings, uses }
}

/** Returns the uid of the request that a Role or RoleBinding was made for. */
export function madeFor({ metadata }: KubeObject): string {
  return metadata.labels?.[requestUidLabel] ?? ''
}
