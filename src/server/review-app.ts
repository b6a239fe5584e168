import { fastify, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Server, ServerOptions } from 'node:https'
import { parseDuration, type Milliseconds } from '../api/duration.ts'
import type { Answered, ServedWebhook } from '../decision/webhook.ts'
import type { Door } from './door.ts'
import type { Lifecycle } from './lifecycle.ts'
import { again, type CallRefusal } from './refusal.ts'
import { answerReview } from './review-endpoint.ts'
import type { RefusalStatus } from './status-body.ts'

export interface ReviewAppOptions {
  readonly https: ServerOptions
  readonly webhooks: readonly ServedWebhook[]
  readonly lifecycle: Lifecycle
  readonly door: Door
  readonly onAnswer: (answered: Answered) => void
  /** Called when a proven caller went away before it had its answer. */
  readonly onGone: () => void
}

// An UPDATE carries two objects of at most 3 MiB each (the API server's own limit), and an envelope.
const maxReviewBytes = 7 * 1024 * 1024
// Longer than the 90 s after which the API server closes an idle connection, so that we never close first. A POST
// written into a closing connection is lost, and POSTs are not repeated.
const keepAliveTimeoutMs = 120_000
// The limit for a whole request, from its first byte. The API server sends it at once.
const requestTimeoutMs = 15_000
// The part of the API server's timeout that the answer needs to reach it.
const answerMarginMs = 300
// The API server's own default and upper limit for timeoutSeconds.
const defaultTimeoutMs = 10_000
const maxTimeoutMs = 30_000
const minTimeoutMs = 50

/** Answers the reviews that the door lets in. Every other call is refused with a sentence. */
export function createReviewApp(options: ReviewAppOptions): FastifyInstance<Server> {
  const { lifecycle, door } = options
  const app: FastifyInstance<Server> = fastify({
    https: options.https,
    logger: false,
    bodyLimit: maxReviewBytes,
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // Otherwise every call on a kept connection fails during a drain.
    return503OnClosing: false,
    routerOptions: { caseSensitive: true },
    exposeHeadRoutes: false,
    frameworkErrors: (error, request, reply) => {
      void door.refuse(request, reply, refusalOf(error, 'The URL is not valid.'))
    },
  })

  // The body stays text until the handler parses it, so that its failure path knows whether it has a uid.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })

  app.addHook('onRequest', (request, reply, done) => {
    if (lifecycle.phase !== 'serving') reply.header('connection', 'close')
    if (lifecycle.phase === 'starting' || lifecycle.phase === 'closing') {
      void door.refuse(request, reply, again('lifecycle', `Sallyport is ${lifecycle.phase}; try again.`))
    } else if (request.is404) {
      void door.refuse(request, reply, notFound)
    } else done()
  })

  for (const webhook of options.webhooks) serveWebhook(app, webhook, options)

  app.setNotFoundHandler((request, reply) => door.refuse(request, reply, notFound))
  app.setErrorHandler((error: FastifyError, request, reply) => {
    // Only Fastify's own text about a 4xx is for the caller; any other text may reveal our internals.
    const refusal = refusalOf(error, error.message)
    return door.refuse(request, reply, refusal.reason === 'failed' ? failed(error) : refusal)
  })
  return app
}

function serveWebhook(
  app: FastifyInstance<Server>,
  webhook: ServedWebhook,
  { door, onAnswer, onGone }: ReviewAppOptions,
): void {
  const { match } = webhook
  const onRequest = (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> =>
    door.admit(request, reply, { match, maxBytes: maxReviewBytes, onGone })
  // The last part is random; the door checks it.
  for (const path of [match.path, `${match.path}/:random`]) {
    app.post<{ Querystring: { timeout?: unknown } }>(path, { onRequest }, (request, reply) =>
      door.answering(request, async (caller) => {
        const left = timeLeft(request.query.timeout, reply.elapsedTime)
        const answer = await answerReview(webhook.now(), { body: request.body, caller, left }, onAnswer)
        return reply.code(answer.status).send(answer.body)
      }),
    )
  }
}

/**
 * Returns the time for a decision: the API server's `?timeout=`, less the time that has passed and the time that the
 * answer needs.
 */
function timeLeft(timeout: unknown, elapsedMs: Milliseconds): Milliseconds {
  const asked = typeof timeout === 'string' ? parseDuration(timeout) : undefined
  const whole = Math.min(asked ?? defaultTimeoutMs, maxTimeoutMs)
  return Math.max(whole - answerMarginMs - elapsedMs, minTimeoutMs)
}

const refusalStatuses: readonly RefusalStatus[] = [400, 404, 405, 408, 413, 415, 431]

function refusalOf(error: FastifyError, message: string): CallRefusal {
  const status = refusalStatuses.find((one) => one === error.statusCode)
  return status === undefined ? { status: 500, reason: 'failed', message } : { status, reason: 'malformed', message }
}

const notFound: CallRefusal = { status: 404, reason: 'malformed', message: 'Sallyport has no webhook under this path.' }

function failed(err: unknown): CallRefusal {
  return { status: 500, reason: 'failed', message: 'Sallyport failed; its log has the cause.', err }
}
