import { fastify, type FastifyInstance, type FastifyReply } from 'fastify'
import { readFileSync } from 'node:fs'
import type { Server } from 'node:https'
import type { ParseArgsConfig } from 'node:util'
import { Problem, shellWord } from './run-example.ts'
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

  // Any path: the config of Sallyport says which one it calls.
  app.post('/*', async ({ headers, body: raw }, reply) => {
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

/** The lines of a usage text about these arguments. */
export const serverUsage = `  --cert FILE    the certificate, PEM (default: tls.crt); Sallyport trusts it by caFile
  --key FILE     its key, PEM (default: tls.key)
  --secret FILE  one of secretFiles (default: secret); give it twice while one replaces the other
  --token FILE   the tokenFile, if the config has one`

/** Reads the options from the files that the arguments name. */
export function readServerOptions({ cert, key, secret, token }: ServerFiles): SignedServerOptions {
  const makePair = `In place of localhost write the host of the url in Sallyport's config, and give ${cert} to Sallyport as caFile. This makes both files:
openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout ${shellWord(key)} -out ${shellWord(cert)}`
  const makeSecret = (file: string): string =>
    `Give it to Sallyport as one of secretFiles. This makes it:\nprintf 'whsec_%s' "$(openssl rand -base64 32)" > ${shellWord(file)}`
  return {
    tls: { cert: readTrimmed(cert, makePair), key: readTrimmed(key, makePair) },
    secrets: secret.map((file) => readTrimmed(file, makeSecret(file))),
    ...(token !== undefined && { token: readTrimmed(token, 'It is the tokenFile of the config.') }),
  }
}

/** Reads a file without the white space around. @param remedy what to do where the file is missing */
export function readTrimmed(file: string, remedy: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw new Problem(
      `${isMissing ? `There is no file ${file}.` : `${file} cannot be read: ${String(error)}.`} ${remedy}`,
    )
  }
}

/** Makes a server listen. @returns the address, to be printed */
export async function listening(server: FastifyInstance<Server>, port: string): Promise<string> {
  if (!/^\d{1,5}$/.test(port)) throw new Problem(`--port must be a number, not ${port}.`)
  return server.listen({ host: '::', port: Number(port) })
}
