import { Type, type Static } from 'typebox'
import { durationPattern } from '../duration.ts'

function lifetime(description: string): ReturnType<typeof Type.String> {
  return Type.String({ pattern: durationPattern, maxLength: 64, description })
}

/** The lifetimes of certificates that Sallyport makes itself, if the config names none: 90 days, and 3 years. */
export const defaultLifetimes = { lifetime: '2160h', caLifetime: '26280h' } as const

/** The certificate of the webhooks. Its fields have no defaults: which of them are there says who keeps it. */
export const Tls = Type.Object(
  {
    certFile: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'A PEM file with the certificate of the server, then the intermediate certificates. It needs `keyFile`. ' +
          'Leave out both, and Sallyport makes the certificate itself.',
      }),
    ),
    keyFile: Type.Optional(
      Type.String({ minLength: 1, description: 'A PEM file with the private key of the certificate.' }),
    ),
    caFile: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'A PEM file with the CAs that the API server trusts for the certificate. One of them must have signed it. ' +
          'With this file the self-check also guards `caBundle`, and can make a deleted webhook configuration again. ' +
          'Leave it out if something else writes `caBundle`.',
      }),
    ),
    injectCaFrom: Type.Optional(
      Type.String({
        maxLength: 317,
        pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?/[a-z0-9]([a-z0-9.-]*[a-z0-9])?$',
        description:
          "The Certificate of cert-manager, as NAMESPACE/NAME. cert-manager's CA injector then keeps `caBundle`. " +
          'Sallyport writes it only when it makes a configuration, from `caFile`.',
      }),
    ),
    lifetime: Type.Optional(
      lifetime(
        'The lifetime of a certificate that Sallyport makes, from 1m. It is made anew after two thirds of that. ' +
          `Left out: ${defaultLifetimes.lifetime}.`,
      ),
    ),
    caLifetime: Type.Optional(
      lifetime(
        'The lifetime of the CA that Sallyport makes, not shorter than `lifetime`. ' +
          'The next CA is added after two thirds of that. ' +
          `Left out: ${defaultLifetimes.caLifetime}.`,
      ),
    ),
  },
  {
    additionalProperties: false,
    default: {},
    description:
      'The certificate of the webhooks. By default Sallyport makes it, and its CA, and keeps both in the Secrets ' +
      '`sallyport-tls` and `sallyport-ca` of its namespace. With `certFile` and `keyFile` it serves with these ' +
      'files, and reads them again when they change.',
  },
)

export type TlsFields = Static<typeof Tls>
