import { fastify, type FastifyInstance, type FastifyReply } from 'fastify'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:https'
import type { ParseArgsConfig } from 'node:util'
import { whyNotSigned } from './standard-webhooks.ts'

// The part that is the same for all that Sallyport calls. It uses none of Sallyport's code.

export interface SignedServerOptions {
  /** The certificate and its key, in PEM. */
  readonly tls: { readonly cert: string; readonly key: string }
  /**
   * The secrets, in the form that the administrator of Sallyport has them, `whsec_…`. There are two while one replaces
   * the other.
   */
  readonly secrets: readonly string[]
  /** The bearer token, if Sallyport sends one. */
  readonly token?: string
}

/** A call that was signed just now, by somebody who has a secret. */
interface SignedCall {
  readonly id: string
  readonly signature: string
  readonly body: string
}

/**
 * Creates a server that passes on only signed calls, and answers all other calls itself.
 * @param what a body is, for the text of a refusal
 */
export function createSignedServer(
  { tls, secrets, token }: SignedServerOptions,
  what: string,
  answer: (call: SignedCall, reply: FastifyReply) => unknown,
): FastifyInstance<Server> {
  const app: FastifyInstance<Server> = fastify({ https: tls, logger: false, bodyLimit: 1_048_576 })

  // The signature is over the bytes. A body that was parsed and written again may have other bytes.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body)
  })

  app.post('/', async ({ headers, body: raw }, reply) => {
    const body = String(raw)
    if (token !== undefined && headers.authorization !== `Bearer ${token}`) return reply.code(401).send()
    const problem = whyNotSigned({ headers, body, secrets, now: Date.now() })
    if (problem !== undefined) return reply.code(400).send(problem)
    const { id } = JSON.parse(body) as { id: string }
    // The id is signed, too: a call with another id does not come from Sallyport.
    if (id !== headers['webhook-id']) return reply.code(400).send(`webhook-id is not that of the ${what}`)
    return answer({ id, signature: String(headers['webhook-signature']), body }, reply)
  })
  return app
}

/** The command-line options, for `parseArgs`. */
export const serverArguments = {
  cert: { type: 'string', default: 'tls.crt' },
  key: { type: 'string', default: 'tls.key' },
  secret: { type: 'string', multiple: true, default: ['secret'] },
  token: { type: 'string' },
} satisfies NonNullable<ParseArgsConfig['options']>

interface ServerFiles {
  readonly cert: string
  readonly key: string
  readonly secret: readonly string[]
  readonly token?: string | undefined
}

/** Reads the options from the files that the arguments name. */
export function readServerOptions({ cert, key, secret, token }: ServerFiles): SignedServerOptions {
  return {
    tls: { cert: readTrimmed(cert), key: readTrimmed(key) },
    secrets: secret.map(readTrimmed),
    ...(token !== undefined && { token: readTrimmed(token) }),
  }
}

export function readTrimmed(file: string): string {
  return readFileSync(file, 'utf8').trim()
}
