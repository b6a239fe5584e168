import type { Match } from '../../api/match.ts'
import { installation, ownLabels } from './names.ts'

export interface WebhookSettings {
  readonly enforcement: 'Enforce' | 'Observe'
  readonly excludedNamespaces: readonly string[]
  /** How the API server reaches a path: by service in a cluster, by URL in development. */
  readonly clientConfig: (path: string) => ClientConfig
}

type ClientConfig = { readonly caBundle?: string } & (
  | { readonly url: string }
  | {
      readonly service: {
        readonly namespace: string
        readonly name: string
        readonly path: string
        readonly port: number
      }
    }
)

export interface WebhookConfiguration {
  readonly apiVersion: 'admissionregistration.k8s.io/v1'
  readonly kind: 'ValidatingWebhookConfiguration'
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  readonly webhooks: readonly object[]
}

/** The webhook configuration for what the webhooks listen to. */
export function validatingWebhookConfiguration(
  matches: readonly Match[],
  settings: WebhookSettings,
): WebhookConfiguration {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: installation.name, labels: ownLabels },
    webhooks: matches.map((match) => ({
      name: match.name,
      rules: match.rules,
      clientConfig: settings.clientConfig(match.path),
      // Fail: while the gate is down nobody gets in. Observe stops nobody, so nor does its absence.
      failurePolicy: settings.enforcement === 'Enforce' ? 'Fail' : 'Ignore',
      matchPolicy: 'Equivalent',
      sideEffects: 'NoneOnDryRun',
      timeoutSeconds: match.timeoutSeconds,
      admissionReviewVersions: ['v1'],
      ...(settings.excludedNamespaces.length > 0 && { namespaceSelector: except(settings.excludedNamespaces) }),
    })),
  }
}

/** By name alone: the API server sets this label, and whoever may label a namespace cannot change it. */
function except(namespaces: readonly string[]): object {
  return { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: namespaces }] }
}
