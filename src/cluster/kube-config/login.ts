import { execLoginOf, type ExecLogin } from './exec-login.ts'
import type { ChosenContext } from './chosen-context.ts'
import { KubeConfigError } from './kube-config-error.ts'
import type { User } from './kube-config-file.ts'

/** The way in which the user of a kubeconfig proves their identity, beside a client certificate. */
export type KubeConfigLogin =
  | { readonly kind: 'none' }
  /** `file` is read again for each call. If that fails, the token counts. */
  | { readonly kind: 'token'; readonly token?: string | undefined; readonly file?: string | undefined }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'exec'; readonly exec: ExecLogin }
  | { readonly kind: 'oidc'; readonly config: Readonly<Record<string, string>> }

/**
 * Says which login counts, by the rules of client-go (tools/clientcmd/validation.go, plugin/pkg/client/auth/exec).
 * Combinations that client-go refuses are refused here, so that no user is taken for another.
 * @throws KubeConfigError
 */
export function loginOf(chosen: ChosenContext): KubeConfigLogin {
  const { user, userName } = chosen
  for (const [isWrong, problem] of contradictions) {
    if (isWrong(user)) throw new KubeConfigError(`The kubeconfig's user ${userName} cannot be used: ${problem}.`)
  }
  const login = tokenLogin(user) ?? basicLogin(user) ?? providerLogin(chosen) ?? programLogin(chosen)
  if (login) return login
  if (hasCertificate(user)) return { kind: 'none' }
  // kubectl would ask for a username and a password.
  throw new KubeConfigError(
    `The kubeconfig's user ${userName} has no credentials: no token, no certificate and no login program.`,
  )
}

function tokenLogin({ token, tokenFile }: User): KubeConfigLogin | undefined {
  if (!token && !tokenFile) return undefined
  return { kind: 'token', token: token || undefined, file: tokenFile || undefined }
}

function basicLogin(user: User): KubeConfigLogin | undefined {
  const { username = '', password = '' } = user
  return isBasic(user) ? { kind: 'basic', username, password } : undefined
}

function providerLogin({ user, userName }: ChosenContext): KubeConfigLogin | undefined {
  const provider = user['auth-provider']
  if (!provider) return undefined
  if (provider.name === 'oidc') return { kind: 'oidc', config: provider.config ?? {} }
  throw new KubeConfigError(
    `The kubeconfig's user ${userName} logs in by auth-provider ${provider.name}, which kubectl no longer has. Use an exec plugin.`,
  )
}

/** Returns the login by a program. A user with a certificate does not use it. */
function programLogin({ user, userName, cluster }: ChosenContext): KubeConfigLogin | undefined {
  if (!user.exec || hasCertificate(user)) return undefined
  return { kind: 'exec', exec: execLoginOf(user.exec, userName, cluster) }
}

const contradictions: readonly (readonly [(user: User) => boolean, string])[] = [
  [(user) => Boolean(user.token) && isBasic(user), 'it has a token and a username, and only one may be given'],
  [(user) => user.exec !== undefined && user['auth-provider'] !== undefined, 'it has both exec and auth-provider'],
  [
    (user) => hasCertificate(user) && !user['client-key'] && !user['client-key-data'],
    'client-key or client-key-data must be given with its client certificate',
  ],
  [
    (user) => Boolean(user['client-certificate'] && user['client-certificate-data']),
    'only one of client-certificate and client-certificate-data may be given',
  ],
  [
    (user) => hasCertificate(user) && Boolean(user['client-key'] && user['client-key-data']),
    'only one of client-key and client-key-data may be given',
  ],
  [
    (user) => !user.as && Boolean(user['as-uid'] || user['as-groups']?.length || user['as-user-extra']),
    'as-uid, as-groups and as-user-extra need as, the user to impersonate',
  ],
]

function isBasic({ username, password }: User): boolean {
  return Boolean(username) || Boolean(password)
}

function hasCertificate(user: User): boolean {
  return Boolean(user['client-certificate']) || Boolean(user['client-certificate-data'])
}
