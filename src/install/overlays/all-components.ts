import { configMap, configText } from '../deployed/config-map.ts'
import { certManager } from './cert-manager.ts'
import { patchOf, type Component } from './component.ts'
import { ha } from './ha.ts'
import { monitoring } from '../monitoring/monitoring-objects.ts'
import { networkPolicy } from './network-policy.ts'

const { data } = configMap(configText('enforcement: Observe\n'))

/** The component for the first weeks: Sallyport records what it would deny, and denies nothing. */
export const observe: Component = {
  name: 'observe',
  about: `Sallyport records each way in that it would deny, and denies none.
This component replaces the whole config. So does cert-manager: if you list both, the later one holds.`,
  objects: [],
  patches: [patchOf(configMap(), { data })],
}

/** The components of kustomize. manifests/overlays has each by itself, on the whole installation. */
export const allComponents: readonly Component[] = [certManager, ha, monitoring, networkPolicy, observe]
