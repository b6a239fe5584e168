import type { Client } from '../../cluster/client/client.ts'
import { readObject } from '../../cluster/client/read-object.ts'
import { pathOf, type KubeObject, type Resource } from '../../cluster/client/resource.ts'

/** An object to create. The API server adds the rest, and makes up the name if there is only its beginning. */
export interface NewObject {
  readonly metadata: NewMetadata & ({ readonly name: string } | { readonly generateName: string })
  readonly spec: object
}

interface NewMetadata {
  readonly namespace: string
  readonly annotations?: Readonly<Record<string, string>>
}

// The API server writes this name into metadata.managedFields. An older one refuses a field that it does not know:
// without Strict it would drop it, and ask for something else.
const query = { fieldManager: 'kubectl-access', fieldValidation: 'Strict' }

/** Creates an object of this kind, and returns it as stored. */
export async function createObject(
  client: Client,
  resource: Resource,
  { metadata, spec }: NewObject,
): Promise<KubeObject> {
  const { apiVersion, kind } = resource
  const path = pathOf(resource, { namespace: metadata.namespace })
  const body = { apiVersion, kind, metadata, spec }
  return readObject(`POST ${path}`, resource, await client.call(path, { method: 'POST', query, body }))
}

// The API server cuts a generateName to 58 characters and appends five; it refuses one that is longer than a name.
const maxPrefixLength = 58

/** Returns a `metadata.generateName`. A dot or dash where the beginning is cut would make an invalid name. */
export function generatedName(beginning: string): string {
  return `${beginning.slice(0, maxPrefixLength - 1).replace(/[-.]+$/, '')}-`
}
