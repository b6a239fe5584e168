import { authorityFacts, authorityId } from '../../../certs/certificate-facts.ts'
import { newAuthority, newLeaf, type Life } from '../../../certs/new-certificates.ts'
import type { CertificateStep } from '../../../certs/plan-certificates.ts'
import {
  storedAuthorityData,
  storedLeafData,
  type SecretData,
  type StoredAuthority,
} from '../../../certs/stored-certificates.ts'
import { installation, rotateAnnotation, rotatedAnnotation } from '../../api/installation.ts'
import type { Milliseconds } from '../../api/duration.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Instant } from '../../cluster/clock/clock.ts'
import { createSecret, replaceSecret, type Secret, type SecretName } from './certificate-secrets.ts'
import type { CertificateKeeperOptions } from './keeper-options.ts'

export interface StepOptions extends CertificateKeeperOptions {
  readonly client: Client
  readonly signal: AbortSignal
  /** Is told the CA that was just written. */
  readonly remember: (authority: StoredAuthority) => void
}

/** The two Secrets as they were read before the step. */
export interface SeenSecrets {
  readonly ca: Secret | undefined
  readonly tls: Secret | undefined
  /** Undefined if the CA Secret holds none that can sign. */
  readonly authority: StoredAuthority | undefined
  /** The CA that signed the leaf in service, in PEM. */
  readonly issuer: string | undefined
  /** All CAs that were found, in PEM. */
  readonly candidates: readonly string[]
}

/** Takes a step. Resolves to the time of the next one; to undefined if that is now. */
export async function takeStep(
  options: StepOptions,
  step: CertificateStep,
  seen: SeenSecrets,
): Promise<Instant | undefined> {
  const { authority } = seen
  if (step.do === 'Wait') return step.until
  if (step.do === 'MakeAuthority' || authority === undefined) await makeAuthority(options, seen)
  else if (step.do === 'AddNextAuthority') await addNext(options, { ...seen, authority }, step.why)
  else if (step.do === 'SwitchAuthority') await switchToNext(options, { ...seen, authority })
  else if (step.do === 'SetBundle') await setBundle(options, { ...seen, authority }, step.bundle)
  else await issue(options, { ...seen, authority }, step.why)
  return undefined
}

/** Writes the remembered CA into its Secret again. */
export async function putBack(
  options: StepOptions,
  {
    ca,
    remembered,
    lost,
  }: { readonly ca: Secret | undefined; readonly remembered: StoredAuthority; readonly lost: string },
): Promise<void> {
  await writeAuthority(options, ca, remembered)
  options.log.error({ secret: installation.caSecret, problem: lost }, 'the CA was lost and is put back')
}

type Usable = SeenSecrets & { readonly authority: StoredAuthority }

async function makeAuthority(options: StepOptions, { ca, issuer }: SeenSecrets): Promise<void> {
  const signing = await newAuthority(lifeOf(options, options.times.caLifetimeMs))
  // The leaf in service stays trusted until the API server knows the new CA.
  const bundle = [signing.cert, ...(issuer === undefined ? [] : [issuer])]
  await writeAuthority(options, ca, { signing, next: undefined, bundle })
  options.log.info({ secret: installation.caSecret, ...endOf(signing.cert) }, 'CA made')
}

async function addNext(options: StepOptions, { ca, authority }: Usable, why: string): Promise<void> {
  const next = await newAuthority(lifeOf(options, options.times.caLifetimeMs))
  const asked = ca?.metadata.annotations?.[rotateAnnotation]
  const answered = asked === undefined ? {} : { [rotatedAnnotation]: asked }
  await writeAuthority(options, ca, { ...authority, next, bundle: [...authority.bundle, next.cert] }, answered)
  options.log.info({ secret: installation.caSecret, why, ...endOf(next.cert) }, 'next CA added')
}

async function switchToNext(options: StepOptions, { ca, authority }: Usable): Promise<void> {
  const { next: signing, bundle } = authority
  if (signing === undefined) return
  await writeAuthority(options, ca, { signing, next: undefined, bundle })
  options.log.info({ secret: installation.caSecret, ...endOf(signing.cert) }, 'the next CA signs now')
}

async function setBundle(
  options: StepOptions,
  { ca, authority, candidates }: Usable,
  ids: readonly string[],
): Promise<void> {
  const found = new Map(candidates.map((cert) => [authorityId(cert), cert]))
  const bundle = ids.map((id) => found.get(id)).filter((cert) => cert !== undefined)
  await writeAuthority(options, ca, { ...authority, bundle })
  const counts = { before: authority.bundle.length, now: bundle.length }
  options.log.info({ secret: installation.caSecret, ...counts }, 'trusted CAs changed')
}

async function issue(
  options: StepOptions,
  { tls, authority: { signing, bundle } }: Usable,
  why: string,
): Promise<void> {
  const pair = await newLeaf(signing, options.hosts, lifeOf(options, options.times.lifetimeMs))
  await write(options, installation.tlsSecret, tls, { data: storedLeafData({ pair, bundle }) })
  options.log.info({ secret: installation.tlsSecret, why, ...endOf(pair.cert) }, 'certificate made')
}

async function writeAuthority(
  options: StepOptions,
  ca: Secret | undefined,
  authority: StoredAuthority,
  annotations: Readonly<Record<string, string>> = {},
): Promise<void> {
  await write(options, installation.caSecret, ca, { data: storedAuthorityData(authority), annotations })
  options.remember(authority)
}

async function write(
  { client, namespace, signal }: StepOptions,
  name: SecretName,
  live: Secret | undefined,
  content: { readonly data: SecretData; readonly annotations?: Readonly<Record<string, string>> },
): Promise<void> {
  if (live === undefined) await createSecret(client, { name, namespace }, content, signal)
  else await replaceSecret(client, live, content, signal)
}

/** Returns the life of a certificate that is made now. After a leap of the clock it is valid by both times. */
export function lifeOf({ clock }: Pick<CertificateKeeperOptions, 'clock'>, lifetimeMs: Milliseconds): Life {
  return { from: clock.earliest(), until: clock.now() + lifetimeMs }
}

function endOf(cert: string): { readonly expires: string } {
  return { expires: new Date(authorityFacts(cert).expiresAt).toISOString() }
}
