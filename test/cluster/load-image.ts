import type { Cluster } from './cluster-record.ts'
import { importImage } from './containerd.ts'
import { loadIntoKind } from './kind-cluster.ts'

/**
 * Loads an image archive into the node of a cluster that runs, so that pods can name the image without a registry.
 * @throws Error if the cluster is a given one, or has no node
 */
export async function loadImage({ dir, provider, node }: Cluster, archive: string): Promise<void> {
  if (!node.ready) throw new Error(`the cluster has no node to load an image into: ${node.reason}`)
  switch (provider) {
    case 'local':
      return importImage(dir, archive)
    case 'kind':
      return loadIntoKind(dir, archive)
    case 'given':
      throw new Error(
        `the harness cannot load ${archive} into the nodes of a cluster that SALLYPORT_KUBECONFIG names: push the image to a registry of that cluster`,
      )
  }
}
