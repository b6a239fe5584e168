import type { ChosenContext } from './chosen-context.ts'
import { KubeConfigError } from './kube-config-error.ts'

interface OidcToken {
  readonly token: string
  /** The end in ms since 1970. */
  readonly endsAt: number
}

// client-go renews a token this long before its end.
const renewalMs = 10_000

/**
 * Reads the id-token of auth-provider `oidc`, which kubectl still has. Only kubectl renews it. A provider may give a new
 * refresh-token with it and end the old one. So a program that renews must also write the kubeconfig.
 * @throws KubeConfigError if the token has ended, or if client-go would refuse the provider
 */
export function oidcToken(config: Readonly<Record<string, string>>, { userName }: ChosenContext): OidcToken {
  const cannot = `The kubeconfig's user ${userName} cannot be used:`
  for (const field of ['idp-issuer-url', 'client-id']) {
    if (!config[field]) throw new KubeConfigError(`${cannot} auth-provider.config must have ${field}.`)
  }
  const token = config['id-token'] ?? ''
  const endsAt = token === '' ? 0 : endOf(token)
  if (endsAt === undefined)
    throw new KubeConfigError(`${cannot} auth-provider.config.id-token is not a JSON Web Token.`)
  if (Date.now() + renewalMs < endsAt) return { token, endsAt: endsAt - renewalMs }
  throw new KubeConfigError(
    `The id-token of the kubeconfig's user ${userName} has ended. Let kubectl renew it, then try again: kubectl auth whoami`,
  )
}

/** Reads the claim `exp` as ms since 1970. A token without it has ended. */
function endOf(token: string): number | undefined {
  const [, payload, signature] = token.split('.')
  if (payload === undefined || signature === undefined) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const isClaims = typeof claims === 'object' && claims !== null && 'exp' in claims
    return isClaims && typeof claims.exp === 'number' ? claims.exp * 1_000 : 0
  } catch {
    return undefined
  }
}
