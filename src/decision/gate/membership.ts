import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AccessSnapshot, EntryAttempt } from './access-snapshot.ts'
import { denied, type Deny } from '../decision.ts'
import { isEnteredBySallyport } from '../kinds/access-kinds.ts'
import { isGranted } from '../phase.ts'
import { say } from '../text/sentence.ts'
import { isNamed, subjectsText } from '../subject.ts'
import { templateAmong } from '../template.ts'

/**
 * Says why this login may not use an access that was granted under a template. Undefined if it may. Each login brings
 * the user's groups anew, and RBAC names only the user. So only the gate sees that a user left a group.
 */
export function objectionToMember(
  { spec: asked, status }: AccessRequest,
  { templates }: Pick<AccessSnapshot, 'templates'>,
  user: EntryAttempt['user'],
): Deny | undefined {
  const template = templateAmong(asked, templates)
  // A login of Sallyport itself. The requestor was a member when they asked.
  if (isEnteredBySallyport(asked)) return undefined
  if (!template || !isGranted(status) || template.spec.membership === 'AtRequest') return undefined
  const { kind, metadata, spec } = template
  if (isNamed(user, spec.subjects)) return undefined
  const isFor = say`${kind} ${metadata.name} is for ` + subjectsText(spec.subjects)
  return denied(
    'E_TEMPLATE_NOT_YOURS',
    isFor + say`, but this login of ${user.username} is not one of them`,
    'Sallyport checks membership at each use. Log in again as a member, or ask under another template.',
  )
}
