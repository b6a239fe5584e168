import type { Outcome } from '../outcome.ts'
import type { ConfigFields } from './output.ts'

/** Joins the fields for the config that came of all objects. The same entry twice is there once. */
export function joinedConfig(outcomes: readonly Pick<Outcome, 'config'>[]): ConfigFields {
  const joined = new Map<string, Map<string, unknown>>()
  for (const { config } of outcomes) {
    for (const [field, entries] of Object.entries(config)) {
      const found = joined.get(field) ?? new Map<string, unknown>()
      for (const entry of entries) found.set(JSON.stringify(entry), entry)
      joined.set(field, found)
    }
  }
  return Object.fromEntries([...joined].map(([field, entries]) => [field, [...entries.values()]]))
}
