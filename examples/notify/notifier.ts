import type { FastifyInstance } from 'fastify'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import type { Server } from 'node:https'
import { Agent, request } from 'undici'
import { createSignedServer, type SignedServerOptions } from '../signed-server.ts'
import { createMemory } from '../standard-webhooks.ts'
import { isWaiting, messageOf, type PendingEvent } from './message.ts'

// A bridge from Sallyport's audit events to a chat. It uses none of Sallyport's code.

export interface NotifierOptions extends SignedServerOptions {
  /** The URL of the chat's incoming webhook. It is a secret: a person who has it may post. */
  readonly chat: string
  /** PEM, if no public authority signed the certificate of the chat. */
  readonly chatCa?: string
  /** The id of each event that was posted is appended to it as a line. */
  readonly file: string
  /** Is told why an event could not be posted. Sallyport sends it again. */
  readonly onFailure: (problem: string) => void
}

// Longer than Sallyport waits. The delivery that comes meanwhile waits for the same post, so that a slow chat is not asked twice.
const chatTimeoutMs = 30_000

/** Answers 204 once the chat has the message, and 502 before: then Sallyport sends the event again. */
export function createNotifier(options: NotifierOptions): FastifyInstance<Server> {
  const { chat, chatCa, file, onFailure } = options
  const agent = new Agent({ connect: chatCa === undefined ? {} : { ca: chatCa } })
  const posted = createMemory()
  // A repetition may come after a restart, too.
  for (const id of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) posted.add(id)
  const underway = new Map<string, Promise<void>>()

  async function postOnce(event: PendingEvent): Promise<void> {
    if (posted.has(event.id)) return
    await post(chat, agent, messageOf(event))
    posted.add(event.id)
    appendFileSync(file, `${event.id}\n`)
  }

  const app = createSignedServer(options, 'event', async ({ id, body }, reply) => {
    const event = JSON.parse(body) as PendingEvent
    if (!isWaiting(event)) return reply.code(204).send()
    const posting = underway.get(id) ?? postOnce(event).finally(() => underway.delete(id))
    underway.set(id, posting)
    try {
      await posting
      return await reply.code(204).send()
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      onFailure(`event ${id} is not posted yet: ${why}`)
      return reply.code(502).send(why)
    }
  })
  app.addHook('onClose', () => agent.close())
  return app
}

/** Posts a text in the form that Slack and the chats compatible with it take. */
async function post(url: string, dispatcher: Agent, text: string): Promise<void> {
  const { statusCode, body } = await request(url, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
    signal: AbortSignal.timeout(chatTimeoutMs),
  })
  await body.dump()
  if (statusCode < 200 || statusCode > 299) throw new Error(`the chat answered with status ${statusCode}`)
}
