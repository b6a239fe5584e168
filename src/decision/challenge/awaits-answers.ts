import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { isFinished, isGranted, isTakenUp } from '../phase.ts'
import { templateChanged } from '../template.ts'

/**
 * True if the expressions and validators of its template are to be asked about a request. The request must wait, and
 * its target must be known. The template must be the version that the request was taken up under. Answers are stored by
 * the index of their challenge, and another version may order its challenges differently.
 */
export function awaitsAnswers(request: AccessRequest, template: AnyTemplate | undefined): template is AnyTemplate {
  const { templateRef } = request.spec
  const { status } = request
  if (!templateRef || !isTakenUp(request) || isFinished(request) || isGranted(status)) return false
  return templateChanged(templateRef, status?.template, template) === undefined
}
