import { KubeApiError } from './api-error.ts'
import type { KubeObject, Resource } from './resource.ts'

/**
 * An object out of a list or a watch, without `metadata.managedFields`: up to half of an object, of use to the API server alone.
 *
 * The items of a list of built-in kinds come without apiVersion and kind, those of a watch with them; here all have them.
 * @throws KubeApiError where it is no object of this kind, such as the page of a proxy that answers in the server's stead
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
