import type { Client } from '../../src/cluster/client/client.ts'
import type { KubeObject, Resource } from '../../src/cluster/client/resource.ts'

/** The simplest kind of object: these suites are about objects, not about their content. */
export const configMaps: Resource = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true }

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

export function configMap(namespace: string, name: string, data: Record<string, string> = {}): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, labels: { suite: 'ours' } }, data }
}

/** The selector of the suite's own objects. Every namespace also gets kube-root-ca.crt, which does not count. */
export const ours = 'suite=ours'

export async function createConfigMaps(client: Client, namespace: string, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => client.create(configMaps, configMap(namespace, name))))
}
