import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AccessSnapshot, EntryAttempt } from './access-snapshot.ts'
import { denied, type Deny } from '../decision.ts'
import { isGranted } from '../phase.ts'
import { say } from '../text/sentence.ts'
import { isNamed, subjectsText } from '../subject.ts'
import { templateAmong } from '../template.ts'

/**
 * Why this login may not use what was granted under a template; undefined where it may. Each login brings the user's groups
 * anew, and RBAC names only the user: the gate is the only place that sees that a user left a group.
 */
export function objectionToMember(
  { spec: asked, status }: AccessRequest,
  { templates }: Pick<AccessSnapshot, 'templates'>,
  user: EntryAttempt['user'],
): Deny | undefined {
  const template = templateAmong(asked, templates)
  if (!template || !isGranted(status) || template.spec.membership === 'AtRequest') return undefined
  const { kind, metadata, spec } = template
  if (isNamed(user, spec.subjects)) return undefined
  const isFor = say`${kind} ${metadata.name} is for ` + subjectsText(spec.subjects)
  return denied(
    'E_TEMPLATE_NOT_YOURS',
    isFor + say`, and this login of ${user.username} is not`,
    'Membership is asked at each use: log in again as a member, or ask under another template.',
  )
}
