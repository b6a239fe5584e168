import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import { whoAmI } from '../connection/who-am-i.ts'
import { templateOf } from '../request/read-request.ts'
import type { CliSession } from '../connection/session.ts'
import { listRequests } from '../request/list-requests.ts'
import { mayGrantIn } from './look.ts'
import { whyNotApprove } from './objection.ts'
import { readGrants } from './read-grants.ts'
import { oldestFirst } from '../request/request-times.ts'

/** Lists the requests that wait for an approval by the user, the oldest first. */
export async function awaitingMe(session: CliSession, everywhere: boolean): Promise<readonly AccessRequest[]> {
  const { client } = session
  const [me, requests] = await Promise.all([
    whoAmI(client),
    listRequests(session, { everywhere, fieldSelector: 'status.phase=Pending' }),
  ])
  const namespaces = [...new Set(requests.map(({ metadata }) => metadata.namespace))]
  const known = await Promise.all(namespaces.map((namespace) => readNamespace(session, namespace)))
  const facts = new Map(known.map((one) => [one.namespace, one]))
  const waiting = await Promise.all(
    requests.map(async (request) => {
      const { mayGrant = false, grants = [] } = facts.get(request.metadata.namespace) ?? {}
      const own = grants.filter(({ spec }) => spec.requestRef.uid === request.metadata.uid)
      const template = mayGrant ? await templateOf(client, request) : undefined
      return whyNotApprove({ request, template, grants: own, me, mayGrant }) === undefined ? [request] : []
    }),
  )
  return waiting.flat().toSorted(oldestFirst)
}

interface NamespaceFacts {
  readonly namespace: string
  readonly mayGrant: boolean
  readonly grants: readonly AccessGrant[]
}

async function readNamespace({ client }: CliSession, namespace: string): Promise<NamespaceFacts> {
  const [mayGrant, grants] = await Promise.all([mayGrantIn(client, namespace), readGrants(client, { namespace })])
  return { namespace, mayGrant, grants }
}
