import { apiGroup, apiVersion } from '../../api/kinds/kind.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { isRecord } from '../../cluster/client/read-object.ts'
import { say } from '../../decision/text/sentence.ts'
import { Refusal } from '../output/failure.ts'

/**
 * Returns a Refusal that says why, if a call failed because Sallyport is not in the cluster, is another version there,
 * or does not answer. Else returns the error itself.
 * @param where the name of the cluster for people
 */
export async function explained(error: unknown, client: Client, where: string): Promise<unknown> {
  if (!(error instanceof KubeApiError)) return error
  const sentence = gateDown(error) ?? unknownField(error, where) ?? (await unknownKind(error, client, where))
  return sentence === undefined ? error : new Refusal(sentence)
}

function gateDown({ statusMessage = '' }: KubeApiError): string | undefined {
  if (!/failed calling webhook "[^"]*sallyport\.dev"/.test(statusMessage)) return undefined
  return say`${statusMessage}\nThe gate of Sallyport does not answer. docs/emergency.md of Sallyport says what to do.`
}

function unknownField({ message, statusMessage = '' }: KubeApiError, where: string): string | undefined {
  const [, field] = /strict decoding error:.*unknown field "([^"]*)"/.exec(statusMessage) ?? []
  if (field === undefined || !isOurs(message)) return undefined
  return say`Sallyport in this cluster (${where}) is older than this program and does not know ${field}. Upgrade Sallyport, or use the kubectl-access of its version.`
}

async function unknownKind(error: KubeApiError, client: Client, where: string): Promise<string | undefined> {
  // RBAC refuses a resource before the API server looks whether it has it.
  const maySayUnknown = error.status === 403 || (error.status === 404 && error.reason !== 'NotFound')
  const plural = pluralIn(error.message)
  if (!maySayUnknown || plural === undefined) return undefined
  if ((await discovered(client, `/apis/${apiGroup}`)) === 'absent') {
    return say`Sallyport is not installed in this cluster (${where}).`
  }
  const served = await discovered(client, `/apis/${apiVersion}`)
  if (served === 'unknown' || (served !== 'absent' && served.includes(plural))) return undefined
  return say`Sallyport in this cluster (${where}) is another version than this program: it has no ${plural} of ${apiVersion}. Use the kubectl-access of its version.`
}

function isOurs(message: string): boolean {
  return message.includes(`/apis/${apiGroup}/`)
}

/** Returns the plural of our kind that a call was about, from the message of its error. */
function pluralIn(message: string): string | undefined {
  const [path = ''] = /\/apis\/\S*/.exec(message) ?? []
  const [, plural] = /^\/apis\/access\.sallyport\.dev\/[^/]+\/(?:namespaces\/[^/]+\/)?([a-z]+)/.exec(path) ?? []
  return plural
}

/** Asks for a document of discovery. Resolves to the plurals in it, or says that it is absent or cannot be read. */
async function discovered(client: Client, path: string): Promise<readonly unknown[] | 'absent' | 'unknown'> {
  try {
    const document = await client.call(path)
    const list = isRecord(document) && Array.isArray(document['resources']) ? document['resources'] : []
    return list.map((resource) => (isRecord(resource) ? resource['name'] : undefined))
  } catch (error) {
    return error instanceof KubeApiError && error.status === 404 ? 'absent' : 'unknown'
  }
}
