import type { AccessRequest } from '../../../src/api/kinds/access-request.ts'
import type { Model, ModelRequest } from './model.ts'

/** Learns which pod the controller took the request to be for. Returns what is wrong with it. */
export function learnTarget(request: ModelRequest, { status }: AccessRequest, model: Model): readonly string[] {
  if (status?.target?.podUID === undefined || status.digest === undefined || request.target) return []
  const { podUID, container, pod } = status.target
  request.target = { podUID, digest: status.digest }
  const isRight = podUID === model.pods.get(request.pod) && pod === request.pod && container === 'app'
  return isRight ? [] : [`${request.name} is for another pod: ${JSON.stringify(status.target)}`]
}

/** Learns which verdict counted, and until when. Returns what is wrong with it. */
export function learnApproval(request: ModelRequest, { status = {} }: AccessRequest): readonly string[] {
  const { approvals = [], approvedAt = '', expiresAt = '' } = status
  const [approval] = approvals
  if (!approval || request.approval) return []
  const approved = { from: Date.parse(approvedAt), to: Date.parse(expiresAt) }
  request.state = 'granted'
  request.approval = { grant: approval.name, expiresAt: approved.to }
  if (approvals.length > 1) return [`${request.name} is approved more than once`]
  return wrongsOfApproval(request, approval.name, approved)
}

function wrongsOfApproval(request: ModelRequest, grant: string, { from, to }: Record<'from' | 'to', number>): string[] {
  const { name, verdicts, ends } = request
  const verdict = verdicts.find((one) => one.grant === grant)
  if (verdict?.verdict !== 'Approved') return [`${name} is approved by ${grant}, which is no approval of it`]
  const lasts = Math.min(request.durationMs, verdict.durationMs)
  return [
    ...(ends.size > 0 ? [`${name} was approved although it had ended: ${[...ends].join(', ')}`] : []),
    ...(to - from === lasts ? [] : [`${name} was approved for ${to - from} ms, not for ${lasts}`]),
    ...(from < verdict.givenAt ? [`${name} was approved before its grant was given`] : []),
  ]
}
