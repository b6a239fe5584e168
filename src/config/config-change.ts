import { isDeepStrictEqual } from 'node:util'
import type { ConfigFile } from '../api/config/config.ts'
import { isFields } from '../api/fields.ts'
import { sectionEffects, type ConfigSection } from './section-effects.ts'

/** The effect of a new config file on a replica that runs. */
interface ConfigChange {
  /** The config from now on: the new file's, but for the sections that need a restart. */
  readonly next: ConfigFile
  /** The sections that changed and take effect now. */
  readonly changed: readonly ConfigSection[]
  /** The fields that wait for a restart, such as `webhooks.port`. */
  readonly waiting: readonly string[]
}

/** Returns what becomes of the config in force when the file has changed. */
export function changeOf(inForce: ConfigFile, wanted: ConfigFile): ConfigChange {
  const differing = (Object.keys(sectionEffects) as ConfigSection[]).filter(
    (section) => !isDeepStrictEqual(inForce[section], wanted[section]),
  )
  const waiting = differing.filter((section) => sectionEffects[section] === 'restart')
  const kept = Object.fromEntries(waiting.map((section) => [section, inForce[section]]))
  return {
    next: { ...wanted, ...kept },
    changed: differing.filter((section) => sectionEffects[section] === 'live'),
    waiting: waiting.flatMap((section) => fieldsThatDiffer(section, inForce[section], wanted[section])),
  }
}

/** Returns the fields of a section that differ, or the section itself if it has no fields. */
function fieldsThatDiffer(section: string, before: unknown, after: unknown): readonly string[] {
  if (!isFields(before) || !isFields(after)) return [section]
  return Object.keys({ ...before, ...after })
    .filter((field) => !isDeepStrictEqual(before[field], after[field]))
    .map((field) => `${section}.${field}`)
}
