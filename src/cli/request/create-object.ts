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
export async function createObject(client: Client, resource: Resource, object: NewObject): Promise<KubeObject> {
  return post(client, resource, object, query)
}

/** Does all of that but the storing: admission sees the object, and rejects it as it would. */
export async function tryCreateObject(client: Client, resource: Resource, object: NewObject): Promise<KubeObject> {
  const made = await post(client, resource, object, { ...query, dryRun: 'All' })
  // Only an object that is stored has one, and readers expect it.
  return { ...made, metadata: { resourceVersion: '', ...made.metadata } }
}

async function post(
  client: Client,
  resource: Resource,
  object: NewObject,
  how: Readonly<Record<string, string>>,
): Promise<KubeObject> {
  const path = pathOf(resource, { namespace: object.metadata.namespace })
  const body = asFile(resource, object)
  return readObject(`POST ${path}`, resource, await client.call(path, { method: 'POST', query: how, body }))
}

/** Returns an object to create as a file for kubectl create has it. */
export function asFile({ apiVersion, kind }: Resource, { metadata, spec }: NewObject): ObjectFile {
  return { apiVersion, kind, metadata, spec }
}

type ObjectFile = Pick<Resource, 'apiVersion' | 'kind'> & NewObject

// The API server cuts a generateName to 58 characters and appends five; it refuses one that is longer than a name.
const maxPrefixLength = 58

/** Returns a `metadata.generateName`. A dot or dash where the beginning is cut would make an invalid name. */
export function generatedName(beginning: string): string {
  return `${beginning.slice(0, maxPrefixLength - 1).replace(/[-.]+$/, '')}-`
}
