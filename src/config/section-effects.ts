import type { ConfigFile } from '../api/config/config.ts'

/** A section of the config file: every field at its top but the two that say what the file is. */
export type ConfigSection = Exclude<keyof ConfigFile, 'apiVersion' | 'kind'>

/**
 * Says when a change of each section takes effect. `live`: at once, without a restart. `restart`: when the replica is
 * started again. A section that opens a port, a file or a connection is `restart`. A new section needs a row here.
 */
export const sectionEffects: Readonly<Record<ConfigSection, 'live' | 'restart'>> = {
  enforcement: 'live',
  denialHint: 'live',
  webhooks: 'restart',
  callers: 'restart',
  health: 'restart',
  tls: 'restart',
  drainDelay: 'live',
  exemptions: 'live',
  breakGlass: 'live',
  identity: 'live',
  grants: 'live',
  requests: 'live',
  workloads: 'live',
  audit: 'restart',
  validators: 'restart',
  selfCheck: 'live',
  excludedNamespaces: 'live',
}
