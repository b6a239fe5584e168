import type { AccessRequestSpec } from '../../api/kinds/access-request-spec.ts'
import { hasLoginProof } from '../../decision/identity.ts'
import type { Line } from '../output/lines.ts'

// Kubernetes writes it since 1.32. The config of Sallyport may name other keys as well.
const proofKeys = ['authentication.kubernetes.io/credential-id']

const notTold = 'not recorded; Sallyport denies kubectl --as, unless its config allows it'

/** Tells the groups of the requestor, and how they were logged in, as far as the request says it. */
export function requestorLines({ requestor }: AccessRequestSpec): readonly Line[] {
  if (!requestor) return []
  const isDirect = hasLoginProof(requestor, { proofKeys })
  return [
    ['groups', requestor.groups?.join(', ') || 'none'],
    ['login', isDirect ? 'direct, not by kubectl --as' : notTold],
  ]
}
