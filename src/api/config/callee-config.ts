import { Type, type Static, type TObject } from 'typebox'
import { durationPattern } from '../duration.ts'

const file = (description: string): ReturnType<typeof Type.String> =>
  Type.String({ minLength: 1, maxLength: 4_096, description })

/** The fields of the config that say how somebody outside is called over HTTPS. */
export const calleeFields = {
  caFile: Type.Optional(file('PEM: the CAs that may have signed the certificate; else those that Node trusts.')),
  secretFiles: Type.Array(file('A Standard Webhooks secret: `whsec_` and base64 of 24 to 64 bytes.'), {
    minItems: 1,
    maxItems: 2,
    description: 'Two while one replaces the other. Read anew at each call.',
  }),
  tokenFile: Type.Optional(file('A bearer token. Read anew at each call.')),
  timeout: Type.String({
    pattern: durationPattern,
    maxLength: 64,
    default: '2s',
    description: 'Of one call; at most 3s where somebody waits for it, else 30s.',
  }),
}

export const calleeName = Type.String({
  pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
  description: 'For log and records; keep it.',
})

/** @param what is POSTed there */
export function calleeUrl(what: string): ReturnType<typeof Type.String> {
  return Type.String({
    pattern: '^https://[^\\s@]+$',
    maxLength: 2_048,
    description: `HTTPS; ${what} is POSTed there.`,
  })
}

export type CalleeConfig = { readonly url: string } & Static<TObject<typeof calleeFields>>
