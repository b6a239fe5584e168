import { apiGroup } from '../api/kinds/kind.ts'
import type { Manifest } from '../api/manifest.ts'
import { fieldsOf, type Fields } from '../api/fields.ts'

// The random part is the last segment of a webhook's path, in hex. Each segment of the path of a Service must look like
// the name of an object, so it has no capitals.
const secretSegment = /\/([0-9a-f]{48})$/
const secretsInText = /\/[0-9a-f]{48}(?![0-9a-f])/g

/** Returns the configuration with this random part at the end of the path of each of its webhooks. */
export function withSecret<T extends Fields>(configuration: T, secret: string): T {
  return withPaths(configuration, (_name, path) => `${plainPath(path)}/${secret}`)
}

/**
 * Returns the configuration with the random parts of its live object. A webhook that is missing there gets that of
 * another.
 */
export function withLiveSecrets(wanted: Manifest, live: Fields): Manifest {
  const secrets = new Map(webhooksOf(live).map((webhook) => [webhook['name'], secretOf(pathOf(webhook) ?? '')]))
  const any = [...secrets.values()].find((secret) => secret !== undefined)
  return withPaths(wanted, (name, path) => {
    const secret = secrets.get(name) ?? any
    return secret === undefined ? path : `${plainPath(path)}/${secret}`
  })
}

/** Returns true if the path of each of our webhooks has a random part. */
export function hasSecrets(configuration: Fields): boolean {
  return webhooksOf(configuration)
    .filter(isOurs)
    .every((webhook) => secretOf(pathOf(webhook) ?? '') !== undefined)
}

/** Returns the paths of a live configuration that have a random part. */
export function secretPathsOf(configuration: Fields): readonly string[] {
  return webhooksOf(configuration)
    .map(pathOf)
    .filter((path) => path !== undefined)
    .filter((path) => secretOf(path) !== undefined)
}

/** Returns the text for logs and errors, without any part that looks like a random part of a path. */
export function concealed(text: string): string {
  return text.replaceAll(secretsInText, '/…')
}

/** Returns true for a webhook of ours. A webhook that somebody else put into our configuration keeps its path. */
function isOurs({ name }: Fields): boolean {
  return typeof name === 'string' && name.endsWith(`.${apiGroup}`)
}

function secretOf(path: string): string | undefined {
  return secretSegment.exec(path)?.[1]
}

function plainPath(path: string): string {
  return path.replace(secretSegment, '')
}

function withPaths<T extends Fields>(configuration: T, change: (name: unknown, path: string) => string): T {
  const webhooks = webhooksOf(configuration).map((webhook) => {
    const [clientConfig, path] = [fieldsOf(webhook['clientConfig']), pathOf(webhook)]
    if (path === undefined || !isOurs(webhook)) return webhook
    return { ...webhook, clientConfig: withPath(clientConfig, change(webhook['name'], path)) }
  })
  return { ...configuration, webhooks }
}

function withPath(clientConfig: Fields, path: string): Fields {
  const { url, service } = clientConfig
  if (typeof url !== 'string') return { ...clientConfig, service: { ...fieldsOf(service), path } }
  const changed = new URL(url)
  changed.pathname = path
  return { ...clientConfig, url: changed.href }
}

/** Returns the path of a webhook that is called at a URL or at a Service, or undefined if it names no path. */
function pathOf(webhook: Fields): string | undefined {
  const { url, service } = fieldsOf(webhook['clientConfig'])
  if (typeof url === 'string') return URL.canParse(url) ? new URL(url).pathname : undefined
  const { path } = fieldsOf(service)
  return typeof path === 'string' ? path : undefined
}

/** Returns the webhooks of a webhook configuration. An object of another kind has none. */
export function webhooksOf(object: Fields): readonly Fields[] {
  const { webhooks } = object
  return Array.isArray(webhooks) ? webhooks.map(fieldsOf) : []
}
