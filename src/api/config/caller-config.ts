import { Type, type TString } from 'typebox'
import { durationPattern } from '../duration.ts'
import { words } from '../schema/schema.ts'

const closed = { additionalProperties: false }

const Path = Type.Object(
  {
    mode: words(['Required', 'Off'], {
      default: 'Required',
      description: 'Off: the paths have no random part, and another proof must be set.',
    }),
    lifetime: Type.String({
      pattern: durationPattern,
      maxLength: 64,
      default: '10m',
      description: 'The leader makes a new random part after this time, from 1m to 8760h.',
    }),
  },
  {
    ...closed,
    default: {},
    description:
      'A random part of the path of each webhook. The webhook configurations hold it. ' +
      'The leader makes a new one when it begins to lead, after a failed call, and after its lifetime.',
  },
)

const file = (description: string): TString => Type.String({ minLength: 1, maxLength: 4_096, description })

const Certificate = Type.Object(
  {
    caFile: file(
      'A PEM file with the CAs that may have signed the certificate. Sallyport reads the file again when it changes.',
    ),
    names: Type.Array(Type.String({ minLength: 1, maxLength: 512 }), {
      minItems: 1,
      maxItems: 64,
      description: 'The common name of the certificate, or one of its DNS names or URIs, must be one of these.',
    }),
  },
  { ...closed, description: 'The client certificate of the API server.' },
)

const Token = Type.Object(
  {
    file: file(
      'A file with the accepted tokens, one on each line, each of at least 32 characters. ' +
        'Sallyport reads the file again when it changes. ' +
        'Add the next token before the API server uses it.',
    ),
  },
  { ...closed, description: 'The bearer token of the API server.' },
)

/** The part `callers` of the config file. */
export const CallerConfig = Type.Object(
  {
    path: Path,
    certificate: Type.Optional(Certificate),
    token: Type.Optional(Token),
    addresses: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      maxItems: 256,
      default: [],
      description:
        'The addresses that calls may come from, such as `10.0.0.0/24` or `fd00::1`. ' +
        'Empty: calls may come from everywhere.',
    }),
  },
  {
    ...closed,
    default: {},
    description:
      'How a caller of the webhooks shows that it is the API server (docs/callers.md). ' +
      'A caller must give every proof that is set here.',
  },
)
