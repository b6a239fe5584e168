import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { isFinished, isGranted, isTakenUp } from '../phase.ts'
import { templateChanged } from '../template.ts'

/**
 * Whether the expressions and validators of its template are to be asked about a request: while it waits, once it is known what it
 * is about, and under the template that it was taken up under: of another, the places of its challenges would be others.
 */
export function awaitsAnswers(request: AccessRequest, template: AnyTemplate | undefined): template is AnyTemplate {
  const { templateRef } = request.spec
  const { status } = request
  if (!templateRef || !isTakenUp(request) || isFinished(request) || isGranted(status)) return false
  return templateChanged(templateRef, status?.template, template) === undefined
}
