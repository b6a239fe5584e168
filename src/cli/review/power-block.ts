import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import { controllerOf } from '../../api/owner-reference.ts'
import { unlessForbidden } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { fieldAt } from '../../provision/shell/template/fields.ts'
import { linesText, type Line } from '../output/lines.ts'
import { accountLines, roleLine } from './account-powers.ts'
import { podPowers } from './pod-powers.ts'

/** Writes what the requestor could do with the access, beyond what the request itself says. */
export async function powerBlock(client: Client, { metadata, status }: AccessRequest): Promise<string> {
  if (status?.bindings) {
    const roles = await Promise.all(status.bindings.map((binding) => roleLine(client, binding)))
    return `Powers of these roles:\n${linesText(roles)}`
  }
  if (!status?.target) return 'Powers of this pod: nobody can tell them yet, as the pod is not known.'
  return `Powers of this pod:\n${linesText(await targetLines(client, metadata.namespace, status.target))}`
}

async function targetLines(client: Client, namespace: string, target: Target): Promise<readonly Line[]> {
  const { podUID, container, serviceAccount } = target
  if (podUID === undefined) {
    const made: Line = ['pod', 'it is made when the request is approved, as its template says']
    return [made, ...(await accountOf(client, namespace, serviceAccount))]
  }
  const pod = await readPod(client, namespace, target)
  if (typeof pod === 'string') return [['pod', pod, 'loud'], ...(await accountOf(client, namespace, serviceAccount))]
  const account = fieldAt(pod, 'spec', 'serviceAccountName')
  return [
    ['workload', workloadText(pod, target)],
    ...(await accountOf(client, namespace, typeof account === 'string' ? account : 'default')),
    ...podPowers(pod, container),
  ]
}

/** Resolves to the pod of the request, or to why it cannot be shown. */
async function readPod(client: Client, namespace: string, { pod, podUID }: Target): Promise<KubeObject | string> {
  const found = await unlessForbidden(client.get(resources.Pod, { namespace, name: pod }).then((one) => one ?? 'gone'))
  if (found === undefined) return 'you may not see it: that takes the right to get pods'
  if (found === 'gone') return 'it is GONE'
  return found.metadata.uid === podUID ? found : 'it is GONE, and ANOTHER pod has its name'
}

async function accountOf(client: Client, namespace: string, name: string | undefined): Promise<readonly Line[]> {
  if (name === undefined) return []
  return [['account', `service account ${namespace}/${name}`], ...(await accountLines(client, { namespace, name }))]
}

/** Names the controllers of a pod, the nearest first: `ReplicaSet web-5d of Deployment web`. */
function workloadText(pod: KubeObject, { workload }: Target): string {
  const owner = controllerOf(pod.metadata)
  const chain = [owner, workload].filter((one) => one !== undefined).filter(({ uid }) => uid !== pod.metadata.uid)
  const named = new Set(chain.map(({ kind, name }) => `${kind} ${name}`))
  return [...named].join(' of ') || 'none: no controller makes this pod again'
}
