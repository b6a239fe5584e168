import { Type, type Static, type TObject } from 'typebox'
import { durationPattern } from '../duration.ts'

const file = (description: string): ReturnType<typeof Type.String> =>
  Type.String({ minLength: 1, maxLength: 4_096, description })

/** The fields of the config that say how Sallyport calls a server outside over HTTPS. */
export const calleeFields = {
  caFile: Type.Optional(
    file(
      'A PEM file with the CAs that may have signed the certificate of the server. Left out: the CAs that Node trusts.',
    ),
  ),
  secretFiles: Type.Array(file('A file with a Standard Webhooks secret: `whsec_` and base64 of 24 to 64 bytes.'), {
    minItems: 1,
    maxItems: 2,
    description: 'Name two files while one secret replaces the other. Sallyport reads them again at each call.',
  }),
  tokenFile: Type.Optional(file('A file with a bearer token. Sallyport reads it again at each call.')),
  timeout: Type.String({
    pattern: durationPattern,
    maxLength: 64,
    default: '2s',
    description: 'The time limit of one call: at most 3s if a user waits for the answer, else at most 30s.',
  }),
}

export const calleeName = Type.String({
  pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
  description: 'The name in logs and records. Do not change it later.',
})

/** @param what says what Sallyport sends there */
export function calleeUrl(what: string): ReturnType<typeof Type.String> {
  return Type.String({
    pattern: '^https://[^\\s@]+$',
    maxLength: 2_048,
    description: `The HTTPS URL that Sallyport sends ${what} to, with POST.`,
  })
}

export type CalleeConfig = { readonly url: string } & Static<TObject<typeof calleeFields>>
