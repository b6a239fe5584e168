import type { FastifyInstance } from 'fastify'
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import type { Server } from 'node:https'
import { createSignedServer, type SignedServerOptions } from '../signed-server.ts'
import { createMemory } from '../standard-webhooks.ts'

// A receiver of Sallyport's audit events. It uses none of Sallyport's code; docs/audit.md describes the same in words.

export interface ConsumerOptions extends SignedServerOptions {
  /** The path of the file. Each event is appended to it once, as one line. `kubectl access audit verify` reads it. */
  readonly file: string
}

/**
 * Answers 204 once the event is written, and also to an event that is in the file already, so that Sallyport stops
 * sending it.
 */
export function createConsumer({ file, ...options }: ConsumerOptions): FastifyInstance<Server> {
  const deliveries = createMemory()
  const events = createMemory()
  // The file is read at the start: a repetition may also come after a restart.
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) events.add(hashOf(line))

  return createSignedServer(options, 'event', ({ signature, body }, reply) => {
    // Sallyport signs each delivery anew, so a second delivery with the same signature is a replay by somebody else.
    // Within the same second Sallyport's own repetition may have the same signature, too.
    if (!deliveries.add(signature)) return reply.code(409).send('a replay')
    // Delivery is "at least once", so an event may come again. Two events with one id may differ in their place, or
    // somebody forged one. Both are kept, for `audit verify`.
    const hash = hashOf(body)
    if (!events.has(hash)) appendFileSync(file, `${body}\n`)
    // Only now: if the disk was full, the event must come again.
    events.add(hash)
    return reply.code(204).send()
  })
}

function hashOf(body: string): string {
  return createHash('sha256').update(body).digest('hex')
}
