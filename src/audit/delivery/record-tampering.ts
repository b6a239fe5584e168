import { accessRecordKind } from '../../api/kinds/access-record.ts'
import type { ControllerWork } from '../event/controller-event.ts'
import { say } from '../../decision/text/sentence.ts'
import type { FindingCode } from '../../decision/text/finding-codes.ts'
import { installation } from '../../api/installation.ts'

/** Reports a record that someone removed before every sink had it. @param position its number, as text */
export function missingRecord(position: string, link: number): ControllerWork {
  const message = `audit event ${position}, of link ${link}, was removed before every sink had it`
  return found('E_RECORD_REMOVED', `event-${position.replace('/', '-')}`, message)
}

/** Reports a record that is not as Sallyport writes it. */
export function changedRecord(name: string, problem: string): ControllerWork {
  return found('E_RECORD_CHANGED', name, say`record ${name} is not as Sallyport writes it: ${problem}`)
}

function found(code: FindingCode, name: string, message: string): ControllerWork {
  const { kind } = accessRecordKind
  return {
    what: 'tampering',
    objects: [{ kind, namespace: installation.namespace, name }],
    finding: { code, outcome: 'reported' },
    message,
    key: code,
  }
}

// Each sink misses a record that is gone; each look finds a wrong one again.
const maxRemembered = 10_000

/** Makes a function that is true when it gets a text for the first time. */
export function createOnce(): (what: string) => boolean {
  const asked = new Set<string>()
  return (what) => {
    if (asked.has(what) || asked.size >= maxRemembered) return false
    asked.add(what)
    return true
  }
}
