import { fieldsOf, type Fields } from '../../api/fields.ts'
import { installation } from '../../api/installation.ts'
import type { Client } from '../../cluster/client/client.ts'
import { pathOf, type KubeObject } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import type { Fault } from './faults.ts'

interface ConditionOptions {
  readonly client: Pick<Client, 'get' | 'call'>
  readonly log: { warn(fields: object, message: string): void }
}

/** A condition of a Deployment, without its times. */
interface Condition {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

const type = 'access.sallyport.dev/InstallationIntact'
const { namespace, name } = installation
const where = { namespace, name }

/** Writes the condition if it has changed. */
export type ToldCondition = (faults: readonly Fault[], signal: AbortSignal) => Promise<void>

/**
 * Returns a function that keeps a condition of the Deployment. The condition says if all objects of the installation are
 * as they should be, and stay so. The Deployment outlives each leader, and Kubernetes keeps a condition there that it
 * does not know. Without a Deployment, as in development, nothing is written.
 */
export function createToldCondition({ client, log }: ConditionOptions): ToldCondition {
  let told: string | undefined

  async function write(condition: Condition, signal: AbortSignal): Promise<void> {
    const deployment = await client.get(resources.Deployment, where, signal)
    if (deployment === undefined) return
    const before = conditionIn(deployment)
    const now = new Date().toISOString().replace(/\.\d+/, '')
    const lastTransitionTime = before['status'] === condition.status ? before['lastTransitionTime'] : now
    await client.call(pathOf(resources.Deployment, { ...where, subresource: 'status' }), {
      method: 'PATCH',
      // This finds the condition by its type, and leaves the others as they are.
      contentType: 'application/strategic-merge-patch+json',
      body: { status: { conditions: [{ ...condition, lastUpdateTime: now, lastTransitionTime }] } },
      signal,
    })
    told = JSON.stringify(condition)
  }

  return async (faults, signal) => {
    const condition = conditionOf(faults)
    if (told === JSON.stringify(condition)) return
    try {
      await write(condition, signal)
    } catch (err) {
      signal.throwIfAborted()
      log.warn({ err }, 'the Deployment does not say if the installation is intact')
    }
  }
}

function conditionOf(faults: readonly Fault[]): Condition {
  const codes = faults.map(({ code }) => code)
  const [first] = codes
  if (first === undefined) return { type, status: 'True', reason: 'AsConfigured', message: 'All is as configured.' }
  const reason = codes.includes('E_NOT_RESTORED') ? 'E_NOT_RESTORED' : first
  return {
    type,
    status: 'False',
    reason,
    message: faults.map((one) => `${one.code}: ${one.kind} ${one.name}`).join('; '),
  }
}

function conditionIn({ status }: KubeObject & { readonly status?: unknown }): Fields {
  const { conditions } = fieldsOf(status)
  const all = Array.isArray(conditions) ? conditions.map(fieldsOf) : []
  return all.find((one) => one['type'] === type) ?? {}
}
