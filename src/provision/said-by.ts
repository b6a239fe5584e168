import type { AccessGrant } from '../api/kinds/access-grant.ts'
import { say, toldByOthers } from '../decision/sentence.ts'

/** What they wrote for the requestor to read. */
export function saidBy(grants: readonly AccessGrant[]): readonly string[] {
  return grants.flatMap(({ spec: { grantedBy, message } }) =>
    message === undefined ? [] : [say`${grantedBy?.username ?? 'somebody'}: ` + toldByOthers(message)],
  )
}
