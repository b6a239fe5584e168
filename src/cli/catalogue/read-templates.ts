import { checkClusterTemplate, checkTemplate } from '../../api/schema/checks.ts'
import { accessTemplateKind, clusterAccessTemplateKind, type AnyTemplate } from '../../api/kinds/access-template.ts'
import { unlessForbidden } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { resources } from '../../cluster/client/resources.ts'
import { typed } from '../../cluster/client/typed-object.ts'
import type { CliSession } from '../connection/session.ts'

/** The templates that the user may see from a namespace. */
export interface SeenTemplates {
  readonly templates: readonly AnyTemplate[]
  /** False if the user may not list ClusterAccessTemplates. A role in one namespace gives no right to that. */
  readonly hasClusterWide: boolean
}

/**
 * Reads the templates of the namespace, and those for many namespaces.
 * @throws KubeApiError if the user may not list those of the namespace
 */
export async function readTemplates({ client, namespace }: CliSession): Promise<SeenTemplates> {
  const [own, clusterWide] = await Promise.all([
    client.list(accessTemplateKind, { namespace }),
    unlessForbidden(client.list(clusterAccessTemplateKind)),
  ])
  const templates = [
    ...own.items.map((one) => typed(one, checkTemplate)),
    ...(clusterWide?.items ?? []).map((one) => typed(one, checkClusterTemplate)),
  ]
  return { templates, hasClusterWide: clusterWide !== undefined }
}

/** Returns the labels of a namespace. Undefined if the user may not see them: most users of a namespace may not. */
export async function labelsOf(client: Client, name: string): Promise<Readonly<Record<string, string>> | undefined> {
  const found = await unlessForbidden(client.get(resources.Namespace, { name }).then((object) => ({ object })))
  return found && (found.object?.metadata.labels ?? {})
}
