import type { Happening } from '../audit/happening.ts'
import { cut } from '../api/printable.ts'
import { say } from '../decision/sentence.ts'
import type { Finding } from './installation-check.ts'

// The schema's bounds.
const maxDifferences = 64
const maxDifference = 4_000

/** What the self-check found, as an audit event tells it. */
export function tamperedInstallation({ code, kind, name, outcome, differences }: Finding): Happening {
  const told = differences.slice(0, maxDifferences).map((one) => cut(one, maxDifference))
  return {
    what: 'tampering',
    objects: [{ kind, name }],
    finding: { code, outcome, ...(told.length > 0 && { differences: told }) },
    message:
      say`${kind} ${name} ` + (code === 'E_INSTALLATION_MISSING' ? 'was missing' : 'was changed') + `: ${outcome}`,
  }
}
