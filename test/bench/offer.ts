import { accessRequestKind, type AccessRequest } from '../../src/api/kinds/access-request.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import type { KubeObject } from '../../src/cluster/client/resource.ts'
import { requestFile } from '../fixtures/access.ts'
import { apply } from '../fixtures/kubectl.ts'
import { templateFile } from '../fixtures/templates.ts'
import { namespaces } from './places.ts'

const namespace = namespaces.gated

/** Applies a template for this access that needs no approval. */
export async function offer(name: string, access: object): Promise<void> {
  await apply(templateFile(namespace, name, { access, duration: { max: '1h' } }))
}

/** Asks under the template. Returns the stored request, and when the API server had answered, by performance.now(). */
export async function askUnder(
  requestor: Client,
  template: string,
  name: string,
  spec: object,
): Promise<{ readonly at: number; readonly request: AccessRequest }> {
  const templateRef = { kind: 'AccessTemplate', name: template }
  const file = requestFile(namespace, name, { exec: undefined, templateRef, ...spec })
  const created: KubeObject = await requestor.create<KubeObject>(accessRequestKind, file)
  return { at: performance.now(), request: created as AccessRequest }
}
