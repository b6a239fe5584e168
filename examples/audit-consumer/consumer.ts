import type { FastifyInstance } from 'fastify'
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import type { Server } from 'node:https'
import { createSignedServer, type SignedServerOptions } from '../signed-server.ts'
import { createMemory } from '../standard-webhooks.ts'

// A receiver of Sallyport's audit events, with nothing of Sallyport in it: docs/audit.md says the same in words.

export interface ConsumerOptions extends SignedServerOptions {
  /** Each event is appended to it as a line, once. `kubectl access audit verify` reads it. */
  readonly file: string
}

/** Answers 204 once the event is written, and also to one that it has already: then Sallyport need not send it again. */
export function createConsumer({ file, ...options }: ConsumerOptions): FastifyInstance<Server> {
  const deliveries = createMemory()
  const events = createMemory()
  // A repetition may come after a restart, too.
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) events.add(hashOf(line))

  return createSignedServer(options, 'event', ({ signature, body }, reply) => {
    // The very same delivery once more is somebody else's. Sallyport signs each anew; one within the same second it repeats.
    if (!deliveries.add(signature)) return reply.code(409).send('a replay')
    // At least once means more than once now and then. Two under one id differ in their place, or are somebody's doing: both are kept, for `audit verify`.
    const hash = hashOf(body)
    if (!events.has(hash)) appendFileSync(file, `${body}\n`)
    // Only now: had the disk been full, it must come again.
    events.add(hash)
    return reply.code(204).send()
  })
}

function hashOf(body: string): string {
  return createHash('sha256').update(body).digest('hex')
}
