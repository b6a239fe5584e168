import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { unlessForbidden } from '../../cluster/client/api-error.ts'
import { templateKey } from '../../decision/template.ts'
import { whoAmI } from '../connection/who-am-i.ts'
import { labelsOf, readTemplates } from '../catalogue/read-templates.ts'
import { asRequest } from '../request/read-request.ts'
import { fieldEquals } from '../request/list-requests.ts'
import type { CliSession } from '../connection/session.ts'
import type { Asker } from './coverage.ts'

/** The templates of a namespace, and the user's own requests in it. */
export interface Surroundings {
  readonly asker: Asker
  readonly templates: readonly AnyTemplate[]
  /** The same templates by templateKey. */
  readonly templatesByKey: ReadonlyMap<string, AnyTemplate>
  /** The user's own requests in the namespace. */
  readonly requests: readonly AccessRequest[]
}

/**
 * Reads who the user is, what is offered to them, and what they asked for.
 * @throws KubeApiError if they may not see requests in the namespace, or Sallyport is not installed
 */
export async function lookAround(session: CliSession): Promise<Surroundings> {
  const { client, namespace } = session
  const me = await whoAmI(client)
  const [labels, seen, requests] = await Promise.all([
    labelsOf(client, namespace),
    unlessForbidden(readTemplates(session)),
    requestsOf(session, me.username),
  ])
  const templates = seen?.templates ?? []
  const templatesByKey = new Map(
    templates.map((one) => [templateKey({ kind: one.kind, name: one.metadata.name }), one] as const),
  )
  return { asker: { me, namespace, labels, now: Date.now() }, templates, templatesByKey, requests }
}

/** Lists the requests of a user. */
export async function requestsOf(
  { client, namespace }: CliSession,
  username: string,
): Promise<readonly AccessRequest[]> {
  const fieldSelector = fieldEquals('spec.requestor.username', username)
  return (await client.list(accessRequestKind, { namespace, fieldSelector })).items.map(asRequest)
}
