import type { Happening } from '../audit/happening.ts'
import { say } from '../decision/sentence.ts'
import type { Finding } from './installation-check.ts'

/** What the self-check found, as an audit event tells it. */
export function tamperedInstallation(found: Finding): Happening {
  const { code, kind, name, outcome, differences, meanwhile } = found
  return {
    what: 'tampering',
    objects: [{ kind, name }],
    finding: { code, outcome, ...(differences.length > 0 && { differences: [...differences] }) },
    message:
      say`${kind} ${name} ` +
      `${whatWas(found)}: ${outcome}` +
      (meanwhile === undefined ? '' : `; meanwhile ${meanwhile}`),
  }
}

function whatWas({ code, restoredBefore }: Finding): string {
  if (restoredBefore !== undefined) return 'is changed again and again after it was restored'
  return code === 'E_INSTALLATION_MISSING' ? 'was missing' : 'was changed'
}
