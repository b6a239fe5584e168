import { fastify, type FastifyInstance } from 'fastify'
import type { Server } from 'node:https'
import { createMemory, whyNotSigned } from '../standard-webhooks.ts'

// A validator of an organisation's own, with nothing of Sallyport in it: docs/validators.md says the same in words. It lets people ask
// for access while the ticket that they name is open, and lets others approve it as long as it still is.

export interface ValidatorOptions {
  /** PEM. */
  readonly tls: { readonly cert: string; readonly key: string }
  /** As whoever runs Sallyport has them, `whsec_…`: one, or two while one replaces the other. */
  readonly secrets: readonly string[]
  /** If Sallyport sends one. */
  readonly token?: string
  /** Asked anew for each question. */
  readonly openTickets: () => readonly string[]
}

/** What of a question matters here. */
interface Question {
  readonly id: string
  readonly attributes: Readonly<Record<string, string>>
}

interface Answer {
  readonly status: 'valid' | 'invalid'
  readonly message?: string
}

export function createValidator({ tls, secrets, token, openTickets }: ValidatorOptions): FastifyInstance<Server> {
  const app: FastifyInstance<Server> = fastify({ https: tls, logger: false, bodyLimit: 1_048_576 })
  const ids = createMemory()

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
    const question = JSON.parse(body) as Question
    // The id is signed, too: a question under another one is not Sallyport's. It asks none twice under the same.
    if (question.id !== request.headers['webhook-id'])
      return reply.code(400).send('webhook-id is not that of the question')
    if (!ids.add(question.id)) return reply.code(409).send('a replay')
    return judge(question, openTickets())
  })
  return app
}

/** It changes nothing, so that it may answer a dry run like anything else. */
function judge({ attributes }: Question, openTickets: readonly string[]): Answer {
  const { ticket } = attributes
  if (ticket === undefined)
    return { status: 'invalid', message: 'name the ticket that you work on: --attribute ticket=OPS-42' }
  if (openTickets.includes(ticket)) return { status: 'valid' }
  return { status: 'invalid', message: `ticket ${ticket} is not open` }
}
