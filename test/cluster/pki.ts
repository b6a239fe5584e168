import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { issueCertificate, newAuthority, type Leaf } from './certificate.ts'
import { newKeyPair, type KeyPair } from './key-pair.ts'
import type { Credentials } from './kubeconfig.ts'
import type { Network } from './network.ts'
import { webhookClientName } from './webhook-credentials.ts'
import { writeWhole } from './write-whole.ts'

/** The files that components are pointed at, and the parts that go into kubeconfigs. */
export interface Pki {
  readonly caPem: string
  readonly file: (name: PkiFile) => string
  readonly credentials: (component: ComponentUser) => Credentials
}

type PkiFile =
  | `${'ca' | 'apiserver' | 'kubelet-client' | 'front-proxy-client' | 'kubelet-serving'}.crt`
  | `${'ca' | 'component' | 'service-account'}.key`
  | 'front-proxy-ca.crt'

/** The users with a kubeconfig from the authority itself, before there is an API server to sign requests. */
export type ComponentUser = 'admin' | 'controller-manager' | 'scheduler' | 'kubelet' | 'kube-proxy' | 'webhooks'

/** One key for each trust. Users get theirs from the CSR API. */
export type Keys = Readonly<Record<'ca' | 'frontProxyCa' | 'serviceAccount' | 'component', KeyPair>>

/** Makes the keys, side by side. */
export async function newKeys(): Promise<Keys> {
  const [ca, frontProxyCa, serviceAccount, component] = await Promise.all(Array.from({ length: 4 }, newKeyPair))
  if (!ca || !frontProxyCa || !serviceAccount || !component) throw new Error('a key is missing')
  return { ca, frontProxyCa, serviceAccount, component }
}

/**
 * Makes D/pki. All components share one key (their certificates differ): they run on one machine for one user, and each
 * key costs a tenth of a second.
 */
export function writePki(dir: string, keys: Keys, network: Network): Pki {
  const folder = join(dir, 'pki')
  mkdirSync(folder, { recursive: true })
  const ca = newAuthority('kubernetes', keys.ca)
  const frontProxyCa = newAuthority('front-proxy-ca', keys.frontProxyCa)
  const issue = (leaf: Leaf) => issueCertificate(ca, keys.component, leaf)
  const files: Record<PkiFile, string> = {
    'ca.crt': ca.pem,
    'ca.key': keys.ca.pem,
    'component.key': keys.component.pem,
    'service-account.key': keys.serviceAccount.pem,
    'front-proxy-ca.crt': frontProxyCa.pem,
    'front-proxy-client.crt': issueCertificate(frontProxyCa, keys.component, {
      subject: { commonName: 'front-proxy-client' },
    }),
    'apiserver.crt': issue({
      subject: { commonName: 'kube-apiserver' },
      dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
      ipAddresses: ['127.0.0.1', network.hostAddress, network.apiService],
    }),
    'kubelet-client.crt': issue({
      subject: { commonName: 'kube-apiserver-kubelet-client', organization: 'system:masters' },
    }),
    'kubelet-serving.crt': issue({
      subject: { commonName: `system:node:${network.nodeName}`, organization: 'system:nodes' },
      dnsNames: [network.nodeName],
      ipAddresses: [network.nodeAddress],
    }),
  }
  const file = (name: PkiFile) => join(folder, name)
  for (const [name, content] of Object.entries(files)) writeWhole(join(folder, name), content)
  const subjects = componentSubjects(network.nodeName)
  const credentials = (user: ComponentUser) => ({
    certificatePem: issue({ subject: subjects[user] }),
    keyPem: keys.component.pem,
  })
  return { caPem: ca.pem, file, credentials }
}

function componentSubjects(nodeName: string) {
  return {
    // This is kubeadm's name, and not the name of the kubeconfig: a test that mistakes one for the other fails here,
    // too.
    admin: { commonName: 'kubernetes-admin', organization: 'system:masters' },
    'controller-manager': { commonName: 'system:kube-controller-manager' },
    scheduler: { commonName: 'system:kube-scheduler' },
    kubelet: { commonName: `system:node:${nodeName}`, organization: 'system:nodes' },
    'kube-proxy': { commonName: 'system:kube-proxy' },
    // The certificate that the API server shows to webhooks.
    webhooks: { commonName: webhookClientName },
  } satisfies Record<ComponentUser, Leaf['subject']>
}
