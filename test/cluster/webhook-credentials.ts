import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { base64, type Credentials } from './kubeconfig.ts'
import { writeWhole } from './write-whole.ts'

/** Returns the path of the file with the tokens that the cluster's API server shows to webhooks, one a line. */
export function webhookTokenFile(dir: string): string {
  return join(dir, 'webhooks.token')
}

/** The common name of the certificate that the API server shows to webhooks. */
export const webhookClientName = 'kube-apiserver-webhooks'

/**
 * Makes the API server identify itself to each webhook by a token and, on request, by a certificate.
 * @returns the file for --admission-control-config-file
 */
export function writeWebhookCredentials(dir: string, { certificatePem, keyPem }: Credentials): string {
  const token = randomBytes(32).toString('hex')
  writeWhole(webhookTokenFile(dir), `${token}\n`)
  const user = { token, 'client-certificate-data': base64(certificatePem), 'client-key-data': base64(keyPem) }
  const kubeConfigFile = join(dir, 'webhooks.kubeconfig')
  // Here the name of a user is the host that is called.
  writeWhole(kubeConfigFile, stringify({ apiVersion: 'v1', kind: 'Config', users: [{ name: '*', user }] }))
  const apiVersion = 'apiserver.config.k8s.io/v1'
  const configuration = { apiVersion, kind: 'WebhookAdmissionConfiguration', kubeConfigFile }
  const plugins = ['MutatingAdmissionWebhook', 'ValidatingAdmissionWebhook'].map((name) => ({ name, configuration }))
  const file = join(dir, 'admission.yaml')
  writeWhole(file, stringify({ apiVersion, kind: 'AdmissionConfiguration', plugins }, { aliasDuplicateObjects: false }))
  return file
}
