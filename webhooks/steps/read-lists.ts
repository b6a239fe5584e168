import { checkGrant, checkRequest } from '../../src/api/schema/checks.ts'
import { accessGrantKind, type AccessGrant } from '../../src/api/kinds/access-grant.ts'
import { accessRequestKind, type AccessRequest } from '../../src/api/kinds/access-request.ts'
import { finalPhases } from '../../src/api/kinds/access-request-status.ts'
import type { AnyTemplate } from '../../src/api/kinds/access-template.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { typed } from '../../src/cluster/client/typed-object.ts'
import { isFinished } from '../../src/decision/phase.ts'

// Lists only explain at admission. They never let anybody in.

/** Returns the verdicts on a request. */
export async function grantsOf(
  client: Client,
  { metadata: { namespace, uid } }: AccessRequest,
  signal: AbortSignal,
): Promise<readonly AccessGrant[]> {
  const { items } = await client.list(
    accessGrantKind,
    { namespace, fieldSelector: `spec.requestRef.uid=${uid}` },
    signal,
  )
  return items.map((item) => typed(item, checkGrant))
}

/** Returns the unfinished requests under a template. */
export async function requestsUnder(
  client: Client,
  { kind, metadata }: AnyTemplate,
  signal: AbortSignal,
): Promise<readonly AccessRequest[]> {
  const unfinished = finalPhases.map((phase) => `status.phase!=${phase}`)
  const { items } = await client.list(
    accessRequestKind,
    {
      ...('namespace' in metadata && { namespace: metadata.namespace }),
      fieldSelector: [`spec.templateRef.name=${metadata.name}`, ...unfinished].join(','),
    },
    signal,
  )
  return items
    .map((item) => typed(item, checkRequest))
    .filter((request) => request.spec.templateRef?.kind === kind && !isFinished(request))
}
