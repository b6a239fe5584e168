import type { FastifyInstance } from 'fastify'
import type { Server } from 'node:https'
import { createSignedServer, type SignedServerOptions } from '../signed-server.ts'
import { createMemory } from '../standard-webhooks.ts'

// A validator of an organisation's own. It uses none of Sallyport's code; docs/validators.md describes the same in
// words. People may ask for access while the ticket that they name is open. Others may approve it while the ticket is
// still open.

export interface ValidatorOptions extends SignedServerOptions {
  /** Called again for each question. */
  readonly openTickets: () => readonly string[]
}

/** The fields of a question that matter here. */
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
    // Sallyport never sends two questions under the same id.
    if (!ids.add(id)) return reply.code(409).send('a replay')
    return judge(JSON.parse(body) as Question, openTickets())
  })
}

/** Judges a question and changes nothing, so that a dry run gets the same answer. */
function judge({ attributes }: Question, openTickets: readonly string[]): Answer {
  const { ticket } = attributes
  if (ticket === undefined)
    return { status: 'invalid', message: 'name the ticket that you work on: --attribute ticket=OPS-42' }
  if (openTickets.includes(ticket)) return { status: 'valid' }
  return { status: 'invalid', message: `ticket ${ticket} is not open` }
}
