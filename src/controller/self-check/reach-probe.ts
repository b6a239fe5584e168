import { accessRequestKind } from '../../api/kinds/access-request.ts'
import { apiGroup } from '../../api/kinds/kind.ts'
import { installation } from '../../api/installation.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { concealed } from '../../install/secret-path.ts'

/**
 * The result of one probe. `unasked`: the API server did not call the gate at all, as in the first moment after the
 * webhook configuration was made. `unreached`: it called in vain, and says why.
 */
export type Reach =
  | { readonly reach: 'proven' }
  | { readonly reach: 'unasked'; readonly words: string }
  | { readonly reach: 'unreached'; readonly words: string }

const { namespace } = installation
const probe = {
  apiVersion: accessRequestKind.apiVersion,
  kind: accessRequestKind.kind,
  metadata: { name: 'sallyport-reach-probe', namespace },
  // This request is never stored. The gate denies it: its template does not exist. It is asked before any policy or quota
  // of the cluster, so their refusals do not hide its answer.
  spec: { reason: 'does the API server reach the gate', templateRef: { name: 'sallyport-reach-probe' }, exec: {} },
}

const denied = new RegExp(`admission webhook "[a-z-]+\\.${apiGroup.replaceAll('.', '\\.')}" denied the request`)
const failed = /failed calling webhook|failed to call webhook/

/**
 * Tries to create a request, as a dry run in Sallyport's own namespace. The request names no requestor. So an answer
 * with a requestor comes from the gate, and so does a denial in its name.
 */
export async function probeReach(client: Pick<Client, 'tryCreate'>, signal: AbortSignal): Promise<Reach> {
  try {
    const answer: KubeObject & { readonly spec?: object } = await client.tryCreate(accessRequestKind, probe, signal)
    if (answer.spec && 'requestor' in answer.spec) return { reach: 'proven' }
    return { reach: 'unasked', words: 'the API server took an AccessRequest without asking the gate' }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof KubeApiError)) throw error
    const words = concealed(error.statusMessage ?? error.message)
    if (denied.test(words)) return { reach: 'proven' }
    return { reach: error.status === undefined || failed.test(words) ? 'unreached' : 'unasked', words }
  }
}
