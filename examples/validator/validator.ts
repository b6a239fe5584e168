import type { FastifyInstance } from 'fastify'
import type { Server } from 'node:https'
import { createSignedServer, type SignedServerOptions } from '../signed-server.ts'
import { createMemory } from '../standard-webhooks.ts'

// A validator of an organisation's own, with nothing of Sallyport in it: docs/validators.md says the same in words. It lets people ask
// for access while the ticket that they name is open, and lets others approve it as long as it still is.

export interface ValidatorOptions extends SignedServerOptions {
  /** Asked anew for each question. */
  readonly openTickets: () => readonly string[]
}

/** What of a question matters here. */
interface Question {
  readonly attributes: Readonly<Record<string, string>>
}

interface Answer {
  readonly status: 'valid' | 'invalid'
  readonly message?: string
}

export function createValidator({ openTickets, ...options }: ValidatorOptions): FastifyInstance<Server> {
  const ids = createMemory()
  return createSignedServer(options, 'question', ({ id, body }, reply) => {
    // Sallyport asks none twice under the same.
    if (!ids.add(id)) return reply.code(409).send('a replay')
    return judge(JSON.parse(body) as Question, openTickets())
  })
}

/** It changes nothing, so that it may answer a dry run like anything else. */
function judge({ attributes }: Question, openTickets: readonly string[]): Answer {
  const { ticket } = attributes
  if (ticket === undefined)
    return { status: 'invalid', message: 'name the ticket that you work on: --attribute ticket=OPS-42' }
  if (openTickets.includes(ticket)) return { status: 'valid' }
  return { status: 'invalid', message: `ticket ${ticket} is not open` }
}
