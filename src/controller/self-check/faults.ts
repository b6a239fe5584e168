import type { Manifest } from '../../api/manifest.ts'
import { keyOf, type Finding } from './installation-check.ts'
import type { Restorations } from './restorations.ts'

/** An object of the installation that is not as it should be, or will not stay so. */
export type Fault = Pick<Finding, 'code' | 'kind' | 'name'>

/** The faults as of the last look at each object. */
export interface Faults {
  all(): Iterable<Fault>
  /** Must be told the result of each look. */
  note(at: Pick<Manifest, 'kind' | 'metadata'>, finding: Finding | undefined): void
}

export function createFaults(
  restorations: Pick<Restorations, 'isAtWar'>,
  tell: (key: string, finding: Finding | undefined) => void,
): Faults {
  const faults = new Map<string, Fault>()
  return {
    all: () => faults.values(),
    note(at, finding) {
      const key = keyOf(at)
      tell(key, finding)
      const fault = faultOf(at, finding, restorations.isAtWar(key))
      if (fault) faults.set(key, fault)
      else faults.delete(key)
    },
  }
}

function faultOf(
  { kind, metadata }: Pick<Manifest, 'kind' | 'metadata'>,
  finding: Finding | undefined,
  isAtWar: boolean,
): Fault | undefined {
  if (finding && finding.outcome !== 'restored') return finding
  return isAtWar ? { code: 'E_NOT_RESTORED', kind, name: metadata.name } : undefined
}
