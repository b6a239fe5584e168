import type { Match } from '../api/review/match.ts'
import type { Manifest } from '../api/manifest.ts'
import type { ClientConfig } from './client-config.ts'
import { installation, ownLabels } from '../api/installation.ts'

export interface WebhookSettings {
  readonly enforcement: 'Enforce' | 'Observe'
  readonly excludedNamespaces: readonly string[]
  /** Returns the clientConfig for a path: by service in a cluster, by URL in development. */
  readonly clientConfig: (path: string) => ClientConfig
  /** The Certificate from which cert-manager injects `caBundle`, as NAMESPACE/NAME. */
  readonly injectCaFrom?: string | undefined
}

/**
 * Labels that keep a platform from editing webhook configurations. AKS excludes namespaces with certain labels of its
 * own from every webhook that lacks the first label (Azure/AKS#1771). A user who may label a namespace could then enter
 * its pods. Gardener makes webhooks fail open (webhookRemediatorEnabled in its docs/usage/shoot/shoot_status.md).
 */
const platformOptOuts = {
  'admissions.enforcer/disabled': 'true',
  'remediation.webhook.shoot.gardener.cloud/exclude': 'true',
}

/** The annotation that tells cert-manager's CA injector to keep the `caBundle` of an object. */
export const injectionAnnotation = 'cert-manager.io/inject-ca-from'

/** Returns the webhook configurations: one for the webhooks that change objects, and one for the others. */
export function webhookConfigurations(matches: readonly Match[], settings: WebhookSettings): readonly Manifest[] {
  const { injectCaFrom } = settings
  const annotations = injectCaFrom === undefined ? {} : { annotations: { [injectionAnnotation]: injectCaFrom } }
  return (['Mutating', 'Validating'] as const).map((type) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${type}WebhookConfiguration`,
    metadata: { name: installation.name, labels: { ...ownLabels, ...platformOptOuts }, ...annotations },
    webhooks: matches.filter((match) => match.type === type).map((match) => entry(match, settings)),
  }))
}

function entry(match: Match, { enforcement, excludedNamespaces, clientConfig }: WebhookSettings): object {
  return {
    name: match.name,
    rules: match.rules,
    clientConfig: clientConfig(match.path),
    failurePolicy: match.failurePolicy[enforcement],
    matchPolicy: 'Equivalent',
    sideEffects: 'NoneOnDryRun',
    timeoutSeconds: match.timeoutSeconds,
    admissionReviewVersions: ['v1'],
    ...(match.matchConditions && { matchConditions: match.matchConditions }),
    ...(match.hasExclusions && excludedNamespaces.length > 0 && { namespaceSelector: except(excludedNamespaces) }),
  }
}

/** Returns the selector that excludes namespaces by name. The API server sets this label, and no user can change it. */
function except(namespaces: readonly string[]): object {
  return { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: namespaces }] }
}
