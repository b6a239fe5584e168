import type { Client } from './client.ts'

/** Who is asked about, as userInfo has it. */
export interface Subject {
  readonly username: string
  readonly uid?: string | undefined
  readonly groups?: readonly string[] | undefined
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined
}

/** authorization.k8s.io/v1 ResourceAttributes. */
export interface ResourceAttributes {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
}

const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews'

/** Whether the API server's authorizers let the subject do it, by a SubjectAccessReview. */
export async function mayDo(
  client: Client,
  { username, uid, groups, extra }: Subject,
  resourceAttributes: ResourceAttributes,
  signal: AbortSignal,
): Promise<boolean> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user: username, uid, groups, extra, resourceAttributes },
  }
  const answer = (await client.call(path, { method: 'POST', body, signal })) as { status?: { allowed?: unknown } }
  return answer.status?.allowed === true
}
