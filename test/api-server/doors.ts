import type { StructuralSchema } from '../../src/api/schema/structural.ts'
import type { KubeObject, Resource } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import type { Scene } from './this-cluster.ts'

const definitions = resources.CustomResourceDefinition

/** Defines a kind of the suite's own, with a status, and with the given spec or any. Waits until it is served. */
export async function defineDoors({ admin, namespace }: Scene, spec?: StructuralSchema): Promise<Resource> {
  const group = `${namespace}.example.com`
  const doors: Resource = { apiVersion: `${group}/v1`, kind: 'Door', plural: 'doors', namespaced: true }
  const openAPIV3Schema = {
    type: 'object',
    ...(spec ? { properties: { spec } } : { 'x-kubernetes-preserve-unknown-fields': true }),
  }
  const definition: KubeObject & { readonly spec: object } = {
    apiVersion: definitions.apiVersion,
    kind: definitions.kind,
    metadata: { name: `doors.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'doors', singular: 'door', kind: 'Door' },
      versions: [
        { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema }, subresources: { status: {} } },
      ],
    },
  }
  await admin.create(definitions, definition)
  await waitUntil({ what: 'the serving of doors', deadlineMs: 15_000 }, () =>
    admin.list(doors).then(
      () => true,
      () => false,
    ),
  )
  return doors
}
