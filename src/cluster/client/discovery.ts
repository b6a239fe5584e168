import type { Subresource } from '../../api/review/subresource.ts'
import { KubeApiError } from './api-error.ts'
import type { Client } from './client.ts'
import { isRecord } from './read-object.ts'

// Asks for all groups in one document (since Kubernetes 1.30).
const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/**
 * Lists every subresource of all groups and versions, in two calls.
 * @throws KubeApiError also if the API server does not know this form of discovery
 */
export async function listSubresources(
  client: Pick<Client, 'call'>,
  signal: AbortSignal,
): Promise<readonly Subresource[]> {
  const documents = await Promise.all(['/api', '/apis'].map((path) => readGroups(client, path, signal)))
  return documents.flat().flatMap(subresourcesOf)
}

type Discovered = Readonly<Record<string, unknown>>

async function readGroups(
  client: Pick<Client, 'call'>,
  path: string,
  signal: AbortSignal,
): Promise<readonly Discovered[]> {
  const answer = await client.call(path, { accept, signal })
  if (!isRecord(answer) || answer['kind'] !== 'APIGroupDiscoveryList') {
    throw new KubeApiError(`GET ${path}: expected an APIGroupDiscoveryList`)
  }
  return recordsOf(answer['items'])
}

function subresourcesOf(group: Discovered): readonly Subresource[] {
  const metadata = isRecord(group['metadata']) ? group['metadata'] : {}
  return recordsOf(group['versions']).flatMap((version) =>
    recordsOf(version['resources']).flatMap((resource) =>
      recordsOf(resource['subresources']).map((subresource) => ({
        group: textOf(metadata['name']),
        version: textOf(version['version']),
        resource: textOf(resource['resource']),
        subresource: textOf(subresource['subresource']),
        kind: isRecord(subresource['responseKind']) ? textOf(subresource['responseKind']['kind']) : '',
        verbs: Array.isArray(subresource['verbs']) ? subresource['verbs'].map(textOf) : [],
      })),
    ),
  )
}

function recordsOf(value: unknown): readonly Discovered[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
