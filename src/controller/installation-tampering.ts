import type { Happening } from '../audit/happening.ts'
import { say } from '../decision/sentence.ts'
import type { Finding } from './installation-check.ts'

/** What the self-check found, as an audit event tells it. */
export function tamperedInstallation({ code, kind, name, outcome, differences }: Finding): Happening {
  return {
    what: 'tampering',
    objects: [{ kind, name }],
    finding: { code, outcome, ...(differences.length > 0 && { differences: [...differences] }) },
    message:
      say`${kind} ${name} ` + (code === 'E_INSTALLATION_MISSING' ? 'was missing' : 'was changed') + `: ${outcome}`,
  }
}
