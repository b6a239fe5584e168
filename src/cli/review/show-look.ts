import type { Client } from '../../cluster/client/client.ts'
import { tell } from '../output/output.ts'
import { describeRequest } from '../request/describe-request.ts'
import { approvalLines } from './approval-lines.ts'
import type { Looked } from './look.ts'
import { powerBlock } from './power-block.ts'
import { requestorLines } from './requestor-lines.ts'

/**
 * Shows all that an approver should know of a request, and of the pod that somebody would enter.
 * @param shortened the duration that the approver gives in place of the one that was asked for
 */
export async function showLook(client: Client, looked: Looked, shortened?: string): Promise<void> {
  const { request, template } = looked
  const more = { requestor: requestorLines(request.spec), approvals: approvalLines(looked) }
  tell(describeRequest(request, { template, shortened, ...more }))
  tell(await powerBlock(client, request))
}
