import type { ChosenContext } from './chosen-context.ts'
import { runExecLogin, type ExecLogin } from './exec-login.ts'
import { firstLineOf, KubeConfigError } from './kube-config-error.ts'
import { loginOf, type KubeConfigLogin } from './login.ts'
import { oidcToken } from './oidc-login.ts'
import { checkPluginPolicy } from './plugin-policy.ts'
import type { RecentFiles } from './recent-files.ts'
import { authorityOf } from './tls-options.ts'

/** The credentials of one login. */
interface Credentials {
  /** The value of the Authorization header. */
  readonly authorization?: string
  /** A client certificate that a program gave, PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string }
  /** The time at which they end, in ms since 1970; left out if they do not say so. */
  readonly endsAt?: number
}

export interface CredentialSource {
  /**
   * Logs in if necessary, and resolves to the credentials.
   * @throws KubeConfigError if the login fails
   */
  current(): Promise<Credentials>
  /** Forgets the credentials after the API server has refused them: the next ones are new. */
  forget(): void
}

/**
 * Keeps the credentials of the chosen user, and renews them when they end. Only one login runs at a time: it may ask a
 * person.
 */
export function credentialSource(chosen: ChosenContext, files: RecentFiles): CredentialSource {
  const logIn = logInBy(loginOf(chosen), chosen, files)
  let known: Promise<Credentials> | undefined
  let endsAt = 0
  async function renewed(): Promise<Credentials> {
    const credentials = await logIn()
    endsAt = credentials.endsAt ?? Infinity
    return credentials
  }
  return {
    current() {
      if (known && Date.now() < endsAt) return known
      endsAt = Infinity
      const renewal = renewed()
      known = renewal
      renewal.catch(() => {
        if (known === renewal) known = undefined
      })
      return renewal
    },
    forget() {
      known = undefined
      files.forget()
    },
  }
}

function logInBy(
  login: KubeConfigLogin,
  chosen: ChosenContext,
  files: RecentFiles,
): () => Credentials | Promise<Credentials> {
  switch (login.kind) {
    case 'none':
      return () => ({})
    case 'basic': {
      const pair = Buffer.from(`${login.username}:${login.password}`).toString('base64')
      return () => ({ authorization: `Basic ${pair}` })
    }
    case 'token':
      // The token ends at once here: the files know how long they keep it.
      return () => ({ authorization: bearer(tokenOf(login, files)), endsAt: 0 })
    case 'exec':
      checkPluginPolicy(login.exec.command, process.env)
      return () => programCredentials(login.exec, authorityOf(chosen.cluster, files)?.toString('base64'))
    case 'oidc':
      return () => {
        const { token, endsAt } = oidcToken(login.config, chosen)
        return { authorization: bearer(token), endsAt }
      }
  }
}

type TokenLogin = Extract<KubeConfigLogin, { readonly kind: 'token' }>

function tokenOf({ token, file }: TokenLogin, files: RecentFiles): string {
  if (file === undefined) return token ?? ''
  try {
    const content = files.read(file).toString().trim()
    if (content !== '') return content
    throw new Error(`${file} is empty`)
  } catch (error) {
    if (token !== undefined) return token
    throw new KubeConfigError(`The tokenFile of the kubeconfig cannot be read: ${firstLineOf(error)}`)
  }
}

async function programCredentials(login: ExecLogin, caData: string | undefined): Promise<Credentials> {
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = await runExecLogin(login, caData)
  const endsAt = expirationTimestamp === undefined ? Infinity : Date.parse(expirationTimestamp)
  return {
    ...(token && { authorization: bearer(token) }),
    ...(clientCertificateData && clientKeyData && { certificate: { cert: clientCertificateData, key: clientKeyData } }),
    endsAt,
  }
}

function bearer(token: string): string {
  return `Bearer ${token}`
}
