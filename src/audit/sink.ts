import { readFile } from 'node:fs/promises'
import { Agent, request, type Dispatcher } from 'undici'
import type { SinkConfig } from '../api/audit-config.ts'
import type { AuditEvent } from '../api/audit-event.ts'
import { parseDuration, type Instant } from '../api/duration.ts'
import { parseSecret, signDelivery } from './standard-webhook.ts'

/** Somebody outside who gets events. */
export interface Sink {
  readonly name: string
  readonly mode: SinkConfig['mode']
  /** Whether it wants the event. */
  accepts(event: AuditEvent): boolean
  /**
   * Resolves when it has the event.
   * @throws Error whose message is for the log: what is wrong, and not what the sink sent
   */
  deliver(event: AuditEvent, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** A sink over HTTPS, signed as Standard Webhooks has it. Its files are read at each delivery: they may be replaced. */
export function createSink(config: SinkConfig, now: () => Instant): Sink {
  const { name, mode, url } = config
  const timeoutMs = parseDuration(config.timeout) ?? 0
  const connections = createConnections()
  return {
    name,
    mode,
    accepts: (event) => isWanted(config, event),
    async deliver(event, signal) {
      const body = JSON.stringify(event)
      const [ca, token, keys] = await Promise.all([
        config.caFile === undefined ? undefined : readFile(config.caFile, 'utf8'),
        config.tokenFile === undefined ? undefined : readFile(config.tokenFile, 'utf8'),
        Promise.all(config.secretFiles.map(readSecret)),
      ])
      const answer = await request(url, {
        method: 'POST',
        dispatcher: connections.of(ca),
        body,
        headers: {
          'content-type': 'application/cloudevents+json; charset=utf-8',
          ...(token !== undefined && { authorization: `Bearer ${token.trim()}` }),
          ...signDelivery({ id: event.id, body, at: now(), keys }),
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      })
      await answer.body.dump({ limit: maxAnswerBytes, signal })
      // A redirect is not followed: who answers there is nobody that the config names.
      if (answer.statusCode < 200 || answer.statusCode > 299) throw new Error(`it answered ${answer.statusCode}`)
    },
    close: () => connections.close(),
  }
}

const maxAnswerBytes = 64 * 1_024

async function readSecret(file: string): Promise<Buffer> {
  const secret = parseSecret(await readFile(file, 'utf8'))
  if ('problem' in secret) throw new Error(`the secret in ${file} cannot be used: ${secret.problem}`)
  return secret.key
}

/** Connections that are kept, as long as the CA stays the same. */
function createConnections(): { of(ca: string | undefined): Dispatcher; close(): Promise<void> } {
  let kept: { readonly ca: string | undefined; readonly agent: Agent } | undefined
  return {
    of(ca) {
      if (kept && kept.ca === ca) return kept.agent
      void kept?.agent.close()
      // No HTTP/2: see kube-config.ts.
      const agent = new Agent({ allowH2: false, connections: 64, connect: { ...(ca !== undefined && { ca }) } })
      kept = { ca, agent }
      return agent
    },
    async close() {
      await kept?.agent.destroy()
    },
  }
}

const typePrefix = 'dev.sallyport.'

function isWanted({ types, namespaces }: SinkConfig, { type, data }: AuditEvent): boolean {
  const namespace = data.request?.namespace ?? data.tried?.namespace
  if (namespaces && (namespace === undefined || !namespaces.includes(namespace))) return false
  return !types || types.some((wanted) => type.startsWith(`${typePrefix}${wanted}.`))
}
