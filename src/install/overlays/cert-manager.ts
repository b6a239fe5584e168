import { installation, ownLabels } from '../../api/installation.ts'
import type { Manifest } from '../../api/manifest.ts'
import { configMap, configText } from '../deployed/config-map.ts'
import { deployment } from '../deployed/deployment.ts'
import { patchOf, type Component } from './component.ts'

const { name, namespace, service } = installation
const folder = '/etc/sallyport/tls'

/**
 * The names of the CA's issuer, certificate and Secret, and of the leaf's Secret. They are not those of the Secrets that
 * Sallyport makes by itself. Otherwise cert-manager would write over the certificate of replicas that still run without
 * it, and the API server would refuse that one.
 */
const authority = `${name}-cert-manager-ca`
const leafSecret = `${name}-cert-manager`

/** The Secret that cert-manager keeps for the replicas, and the folder where they find its files. */
export const certificateFiles = { folder, secret: leafSecret } as const

const config = configText(`tls:
  certFile: ${folder}/tls.crt
  keyFile: ${folder}/tls.key
  caFile: ${folder}/ca.crt
  injectCaFrom: ${namespace}/${name}
`)

/** The component that lets cert-manager issue the certificate, and lets its CA injector write `caBundle`. */
export const certManager: Component = {
  name: 'cert-manager',
  about: `cert-manager issues the certificate and renews it. cert-manager and its CA injector must run in the cluster.
This component replaces the whole config. So does observe: if you list both, the later one holds.`,
  objects: [
    issuer(`${name}-self-signed`, { selfSigned: {} }),
    certificate(authority, {
      secretName: authority,
      isCA: true,
      commonName: authority,
      // cert-manager does not issue a leaf anew when its CA is renewed. So the CA is renewed a year before its end,
      // which is longer than the life of any leaf.
      duration: '87600h',
      renewBefore: '8760h',
      // The next CA keeps the key, so it also trusts the leaves of this one. Otherwise calls would fail while one
      // replica has the next leaf and another has not.
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
      issuerRef: { name: `${name}-self-signed`, kind: 'Issuer', group: 'cert-manager.io' },
    }),
    issuer(name, { ca: { secretName: authority } }),
    certificate(name, {
      secretName: leafSecret,
      dnsNames: [`${service}.${namespace}.svc`],
      duration: '2160h',
      renewBefore: '720h',
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      usages: ['digital signature', 'server auth'],
      issuerRef: { name, kind: 'Issuer', group: 'cert-manager.io' },
    }),
  ],
  patches: [
    patchOf(configMap(), { data: configMap(config)['data'] }),
    patchOf(deployment({ version: '' }), {
      spec: {
        template: {
          spec: {
            containers: [{ name, volumeMounts: [{ name: 'tls', mountPath: folder, readOnly: true }] }],
            // The pod waits until cert-manager has made the Secret.
            volumes: [{ name: 'tls', secret: { secretName: leafSecret } }],
          },
        },
      },
    }),
  ],
}

function issuer(named: string, spec: object): Manifest {
  return { ...certManagerObject('Issuer', named), spec }
}

function certificate(named: string, spec: object): Manifest {
  return { ...certManagerObject('Certificate', named), spec }
}

function certManagerObject(kind: 'Issuer' | 'Certificate', named: string): Manifest {
  return { apiVersion: 'cert-manager.io/v1', kind, metadata: { name: named, namespace, labels: ownLabels } }
}
