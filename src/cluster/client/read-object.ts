import { KubeApiError } from './api-error.ts'
import type { KubeObject, Resource } from './resource.ts'

/**
 * Reads an object from a list or a watch, without `metadata.managedFields`. These are up to half of an object, and only
 * the API server uses them.
 *
 * The items of a list of built-in kinds come without apiVersion and kind, those of a watch with them. Here all have
 * them.
 * @throws KubeApiError if the value is another thing, for example the page of a proxy that answers instead of the
 * server
 */
export function readObject(title: string, { apiVersion, kind }: Resource, value: unknown): KubeObject {
  if (isRecord(value) && isRecord(value['metadata']) && (value['kind'] ?? kind) === kind) {
    const { name } = value['metadata']
    if (typeof name === 'string') {
      delete value['metadata']['managedFields']
      return { apiVersion, kind, ...value, metadata: { ...value['metadata'], name } }
    }
  }
  throw new KubeApiError(`${title}: expected an object of kind ${kind}`)
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
