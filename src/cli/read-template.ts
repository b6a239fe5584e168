import { checkClusterTemplate, checkTemplate } from '../api/checks.ts'
import type { AccessRequest } from '../api/kinds/access-request.ts'
import { accessTemplateKind, clusterAccessTemplateKind, type AnyTemplate } from '../api/kinds/access-template.ts'
import { KubeApiError } from '../cluster/api-error.ts'
import type { Client } from '../cluster/client.ts'
import { typed } from '../cluster/typed-object.ts'

/** The template that a request names; undefined also where one may not see it, or this program does not understand it. */
export async function templateOf(
  client: Client,
  { metadata: { namespace }, spec: { templateRef } }: AccessRequest,
): Promise<AnyTemplate | undefined> {
  if (!templateRef) return undefined
  const { kind, name } = templateRef
  const isClusterWide = kind === 'ClusterAccessTemplate'
  try {
    const found = await client.get(isClusterWide ? clusterAccessTemplateKind : accessTemplateKind, { namespace, name })
    return found && (isClusterWide ? typed(found, checkClusterTemplate) : typed(found, checkTemplate))
  } catch (error) {
    // It is there to explain the request: without it that is shown as it is.
    if (error instanceof KubeApiError) return undefined
    throw error
  }
}
