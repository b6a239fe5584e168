import { configMap, configText } from '../deployed/config-map.ts'
import { patchOf, type Component } from './component.ts'

const { data } = configMap(configText('enforcement: Observe\n'))

/** The component for the first weeks: Sallyport records what it would deny, and denies nothing. */
export const observe: Component = {
  name: 'observe',
  about: `Sallyport records each way in that it would deny, and denies none.
This component replaces the whole config. So does cert-manager: if you list both, the later one holds.`,
  objects: [],
  patches: [patchOf(configMap(), { data })],
}
