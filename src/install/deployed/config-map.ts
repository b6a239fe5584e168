import type { Manifest } from '../../api/manifest.ts'
import { installation, ownLabels } from '../../api/installation.ts'

/** The ConfigMap of the config, and the place where a replica finds it. */
export const configFile = {
  configMap: 'sallyport-config',
  key: 'config.yaml',
  folder: '/etc/sallyport/config',
} as const

/** Returns the text of a config file. `fields` is YAML, and may be empty. */
export function configText(fields = ''): string {
  return [
    '# A field that is left out has its default. All fields: docs/config.md',
    'apiVersion: config.sallyport.dev/v1alpha1',
    'kind: SallyportConfig',
    fields,
  ].join('\n')
}

/** Returns the ConfigMap with this text, or with that of a config of defaults. */
export function configMap(text = configText()): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: configFile.configMap, namespace: installation.namespace, labels: ownLabels },
    data: { [configFile.key]: text },
  }
}
