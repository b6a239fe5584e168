import type { Client } from './client.ts'

/** The user that the review asks about, with the fields of userInfo. */
export interface ReviewedUser {
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

const path = '/apis/authorization.k8s.io/v1'

/** Asks by a SubjectAccessReview. Resolves to true if the API server's authorizers allow the user to do it. */
export async function mayDo(
  client: Client,
  { username, uid, groups, extra }: ReviewedUser,
  resourceAttributes: ResourceAttributes,
  signal: AbortSignal,
): Promise<boolean> {
  return ask(client, 'SubjectAccessReview', { user: username, uid, groups, extra, resourceAttributes }, signal)
}

/** Resolves to true if they allow the client itself to do it. */
export async function iMay(
  client: Client,
  resourceAttributes: ResourceAttributes,
  signal: AbortSignal,
): Promise<boolean> {
  return ask(client, 'SelfSubjectAccessReview', { resourceAttributes }, signal)
}

async function ask(client: Client, kind: string, spec: object, signal: AbortSignal): Promise<boolean> {
  const body = { apiVersion: 'authorization.k8s.io/v1', kind, spec }
  const call = { method: 'POST', body, signal } as const
  const answer = (await client.call(`${path}/${kind.toLowerCase()}s`, call)) as { status?: { allowed?: unknown } }
  return answer.status?.allowed === true
}
