import type { ChosenContext } from './chosen-context.ts'
import { firstLineOf, KubeConfigError } from './kube-config-error.ts'

interface OidcToken {
  readonly token: string
  /** The end in ms since 1970. */
  readonly endsAt: number
}

/**
 * Logs in by auth-provider `oidc`, which kubectl still has. The refresh-token of the kubeconfig renews its id-token,
 * which is not written back. client-node does it. Nothing else needs that package, so it is loaded only here.
 */
export function oidcTokens(
  config: Readonly<Record<string, string>>,
  { cluster, userName }: ChosenContext,
): () => Promise<OidcToken> {
  const failed = (why: string): KubeConfigError =>
    new KubeConfigError(`The login of the kubeconfig's user ${userName} by auth-provider oidc failed: ${why}.`)
  let current = { ...config }
  return async () => {
    const { KubeConfig } = await import('./client-node.ts')
    // Use a new one each time: after its first renewal, client-node would renew at each call.
    const authenticator = new KubeConfig()
    const user = { name: userName, authProvider: { name: 'oidc', config: { ...current } } }
    authenticator.loadFromClusterAndUser({ name: 'cluster', server: cluster.server, skipTLSVerify: false }, user)
    const options: { headers: Record<string, string> } = { headers: {} }
    try {
      await authenticator.applyToHTTPSOptions(options)
    } catch (error) {
      throw failed(firstLineOf(error))
    }
    const token = options.headers['Authorization']?.replace(/^Bearer /, '')
    if (!token) throw failed('it has no id-token that is valid, or nothing to renew it by')
    current = user.authProvider.config
    return { token, endsAt: endOf(token) }
  }
}

/** Reads the claim `exp` as ms since 1970. A token without it is used once. */
function endOf(token: string): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    const isClaims = typeof claims === 'object' && claims !== null && 'exp' in claims
    return isClaims && typeof claims.exp === 'number' ? claims.exp * 1_000 : 0
  } catch {
    return 0
  }
}
