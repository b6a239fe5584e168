import { accessOf, offerOf, type AccessName } from '../api/accesses.ts'
import type { AccessRequestSpec } from '../api/kinds/access-request-spec.ts'
import type { AnyTemplate } from '../api/kinds/access-template.ts'
import type { AccessKind } from './access-kind.ts'
import { execKind } from './exec/exec-kind.ts'
import { finish } from './facts/finish.ts'
import { roleKind } from './role/role-kind.ts'
import { shellKind } from './shell/shell-kind.ts'
import { taskKind } from './task/task-kind.ts'

const accessKinds: Readonly<Record<AccessName, AccessKind>> = {
  exec: execKind,
  shell: shellKind,
  role: roleKind,
  task: taskKind,
}

export const namesNoAccess = 'it names no kind of access that this version of Sallyport knows'

/**
 * Another version may have stored a request that names none of these kinds, or two. That request fails, and nothing is
 * made for it.
 */
const unknownKind: AccessKind = {
  written: 'each',
  resolve: () => ({ problem: namesNoAccess, final: true }),
  looksFor: () => undefined,
  madeAfter: () => undefined,
  rehearsed: () => undefined,
  waitsFor: () => '',
  summary: () => 'unknown access',
  beforehand: () => [],
  ended: () => ({ phase: 'Failed', message: namesNoAccess }),
  leaves: () => undefined,
  plan: ({ request }, _granted, now) => finish(request, 'Failed', namesNoAccess, now),
  provenBy: () => ({ by: 'questions', questions: [] }),
  sample: () => ({ asked: {} }),
}

/** The row of the kind that a request asks for. */
export function kindOf(spec: AccessRequestSpec): AccessKind {
  const access = accessOf(spec)
  return access ? accessKinds[access.name] : unknownKind
}

/** The row of the kind that a template offers. */
export function kindOffered({ spec }: AnyTemplate): AccessKind {
  const offer = offerOf(spec.access)
  return offer ? accessKinds[offer.name] : unknownKind
}
