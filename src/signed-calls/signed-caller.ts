import { readFile } from 'node:fs/promises'
import { Agent, type Dispatcher } from 'undici'
import type { CalleeConfig } from '../api/config/callee-config.ts'
import { parseDuration, type Instant } from '../api/duration.ts'
import { parseSecret, signDelivery } from './standard-webhook.ts'

/** A message for a POST, under its own id. */
interface SignedMessage {
  readonly id: string
  readonly contentType: string
  readonly body: string
}

/** A caller of one server outside that the config names. It calls over HTTPS and signs by Standard Webhooks. */
export interface SignedCaller {
  /**
   * Resolves once the whole answer is there, with any status.
   * @throws Error for the log: it says what is wrong, without the other side's words
   */
  post(message: SignedMessage, signal: AbortSignal): Promise<SignedAnswer>
  close(): Promise<void>
}

export interface SignedAnswer {
  readonly status: number
  /** Undefined if it is longer than the limit. */
  readonly text: string | undefined
}

const maxAnswerBytes = 64 * 1_024

type ReadText = (file: string) => Promise<string>

const fromDisk: ReadText = (file) => readFile(file, 'utf8')

/** Makes a caller. It reads its files at each call, because they may be replaced. */
export function createSignedCaller(config: CalleeConfig, now: () => Instant, read = fromDisk): SignedCaller {
  // `AbortSignal.timeout` does not take fractions.
  const timeoutMs = Math.ceil(parseDuration(config.timeout) ?? 0)
  const connections = createConnections()
  return {
    async post({ id, contentType, body }, outer) {
      const signal = AbortSignal.any([outer, AbortSignal.timeout(timeoutMs)])
      const [ca, token, keys] = await Promise.all([
        config.caFile === undefined ? undefined : read(config.caFile),
        config.tokenFile === undefined ? undefined : read(config.tokenFile),
        Promise.all(config.secretFiles.map((file) => readSecret(file, read))),
      ])
      const { origin, pathname, search } = new URL(config.url)
      // A redirect is not followed: the config does not name the server behind it.
      const answer = await connections.of(ca).request({
        ...{ origin, path: pathname + search, method: 'POST' },
        body,
        headers: {
          'content-type': contentType,
          ...(token !== undefined && { authorization: `Bearer ${token.trim()}` }),
          ...signDelivery({ id, body, at: now(), keys }),
        },
        signal,
      })
      return { status: answer.statusCode, text: await textOf(answer.body) }
    },
    close: () => connections.close(),
  }
}

async function textOf(body: Dispatcher.ResponseData['body']): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length
    // Leaving the loop ends the connection.
    if (length > maxAnswerBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function readSecret(file: string, read: ReadText): Promise<Buffer> {
  const secret = parseSecret(await read(file))
  if ('problem' in secret) throw new Error(`the secret in ${file} cannot be used: ${secret.problem}`)
  return secret.key
}

/** Keeps connections as long as the CA stays the same. */
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
