import { installation } from './installation.ts'
import type { OwnerReference } from './owner-reference.ts'

/**
 * Returns the owner of the objects that Sallyport makes and no uninstaller knows: the ClusterRole `sallyport`. When it
 * goes, the cluster's garbage collector removes them. `blockOwnerDeletion` is false because OpenShift
 * (OwnerReferencesPermissionEnforcement) demands a right on the finalizers of the owner for true.
 * @param uid of the ClusterRole as it is now: the collector removes an object whose owner has another uid
 */
export function installationOwner(uid: string): OwnerReference {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    name: installation.name,
    uid,
    controller: false,
    blockOwnerDeletion: false,
  }
}
