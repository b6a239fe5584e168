import { defaultLifetimes, type TlsFields } from '../api/config/tls-config.ts'
import { parseDuration, type Milliseconds } from '../api/duration.ts'

/** The source of the certificate of the webhooks. */
export type TlsPolicy =
  | { readonly source: 'SelfManaged'; readonly lifetimeMs: Milliseconds; readonly caLifetimeMs: Milliseconds }
  | {
      readonly source: 'Files'
      readonly certFile: string
      readonly keyFile: string
      readonly caFile: string | undefined
      /** The Certificate from which cert-manager injects `caBundle`. */
      readonly injectCaFrom: string | undefined
    }

/** Returns the policy that the fields of the config stand for. They must have passed `tlsProblems`. */
export function tlsPolicy(fields: TlsFields): TlsPolicy {
  const { certFile, keyFile, caFile, injectCaFrom } = fields
  if (certFile !== undefined && keyFile !== undefined) {
    return { source: 'Files', certFile, keyFile, caFile, injectCaFrom }
  }
  return { source: 'SelfManaged', ...lifetimesOf(fields) }
}

/** Returns the problems that the schema cannot find: fields that do not belong together, and impossible lifetimes. */
export function tlsProblems(fields: TlsFields): readonly string[] {
  const { certFile, keyFile } = fields
  if (certFile === undefined && keyFile === undefined) return selfManagedProblems(fields)
  if (certFile === undefined) return ['config.tls.certFile is missing: keyFile needs the certificate of the key']
  if (keyFile === undefined) return ['config.tls.keyFile is missing: certFile needs the key of the certificate']
  return fileProblems(fields)
}

function fileProblems({ caFile, injectCaFrom, ...fields }: TlsFields): readonly string[] {
  const unused = (['lifetime', 'caLifetime'] as const).filter((field) => fields[field] !== undefined)
  return [
    ...unused.map(
      (field) =>
        `config.tls.${field} is only for certificates that Sallyport makes: leave it out, or leave out certFile and keyFile`,
    ),
    ...(injectCaFrom !== undefined && caFile === undefined
      ? ['config.tls.caFile is missing: with injectCaFrom, a new webhook configuration gets its CA from that file']
      : []),
  ]
}

const [least, most] = ['1m', '87600h']

function selfManagedProblems(fields: TlsFields): readonly string[] {
  const unused = (['caFile', 'injectCaFrom'] as const).filter((field) => fields[field] !== undefined)
  const { lifetimeMs, caLifetimeMs } = lifetimesOf(fields)
  const outside = Object.entries({ lifetime: lifetimeMs, caLifetime: caLifetimeMs }).filter(
    ([, ms]) => ms < lengthOf(least) || ms > lengthOf(most),
  )
  return [
    ...unused.map((field) => `config.tls.${field} needs certFile and keyFile: without them Sallyport makes its own CA`),
    ...outside.map(([field]) => `config.tls.${field} must be from ${least} to ${most}`),
    ...(caLifetimeMs < lifetimeMs
      ? ['config.tls.caLifetime must not be shorter than lifetime: a certificate ends with its CA']
      : []),
  ]
}

function lifetimesOf(fields: TlsFields): { readonly lifetimeMs: Milliseconds; readonly caLifetimeMs: Milliseconds } {
  const { lifetime, caLifetime } = { ...defaultLifetimes, ...fields }
  return { lifetimeMs: lengthOf(lifetime), caLifetimeMs: lengthOf(caLifetime) }
}

function lengthOf(text: string): Milliseconds {
  return parseDuration(text) ?? 0
}
