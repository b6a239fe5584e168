import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { Manifest } from '../api/manifest.ts'
import { providedName, requestAnnotation, requestUidLabel } from '../api/provided-object.ts'

/**
 * Returns the metadata of an object in the request's namespace. The request owns the object, so the object goes with it
 * even when Sallyport is down.
 */
export function providedMetadata({ apiVersion, kind, metadata }: AccessRequest): Manifest['metadata'] {
  const { name, namespace, uid } = metadata
  return {
    name: providedName(uid),
    namespace,
    labels: { 'app.kubernetes.io/managed-by': 'sallyport', [requestUidLabel]: uid },
    annotations: { [requestAnnotation]: name },
    ownerReferences: [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: false }],
  }
}
