import { fastify, type FastifyInstance } from 'fastify'
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import type { Server } from 'node:https'
import { createMemory, whyNotSigned } from '../standard-webhooks.ts'

// A receiver of Sallyport's audit events, with nothing of Sallyport in it: docs/audit.md says the same in words.

export interface ConsumerOptions {
  /** PEM. */
  readonly tls: { readonly cert: string; readonly key: string }
  /** As whoever runs Sallyport has them, `whsec_…`: one, or two while one replaces the other. */
  readonly secrets: readonly string[]
  /** If Sallyport sends one. */
  readonly token?: string
  /** Each event is appended to it as a line, once. `kubectl access audit verify` reads it. */
  readonly file: string
}

/** Answers 204 once the event is written, and also to one that it has already: then Sallyport need not send it again. */
export function createConsumer({ tls, secrets, token, file }: ConsumerOptions): FastifyInstance<Server> {
  const app: FastifyInstance<Server> = fastify({ https: tls, logger: false, bodyLimit: 1_048_576 })
  const deliveries = createMemory()
  const events = createMemory()
  // A repetition may come after a restart, too.
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) events.add(hashOf(line))

  // The signature is over the bytes: what was parsed and written anew may be others.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })

  app.post('/', async (request, reply) => {
    const body = String(request.body)
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) return reply.code(401).send()
    const problem = whyNotSigned({ headers: request.headers, body, secrets, now: Date.now() })
    if (problem !== undefined) return reply.code(400).send(problem)
    const event = JSON.parse(body) as { id: string }
    // The id is signed, too: a delivery under another one is not Sallyport's.
    if (event.id !== request.headers['webhook-id']) return reply.code(400).send('webhook-id is not that of the event')
    // The very same delivery once more is somebody else's. Sallyport signs each anew; one within the same second it repeats.
    if (!deliveries.add(String(request.headers['webhook-signature']))) return reply.code(409).send('a replay')
    // At least once means more than once now and then. Two events under one id would be somebody's doing: both are kept, for `audit verify`.
    const hash = hashOf(body)
    if (!events.has(hash)) appendFileSync(file, `${body}\n`)
    // Only now: had the disk been full, it must come again.
    events.add(hash)
    return reply.code(204).send()
  })
  return app
}

function hashOf(body: string): string {
  return createHash('sha256').update(body).digest('hex')
}
