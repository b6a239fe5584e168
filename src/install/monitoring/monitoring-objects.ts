import { installation, ownLabels } from '../../api/installation.ts'
import type { Manifest } from '../../api/manifest.ts'
import type { Component } from '../overlays/component.ts'
import { alerts, runbookOf, type Alert } from './alerts.ts'
import { dashboard } from './dashboard.ts'

const { name, namespace } = installation
const metadata = { name, namespace, labels: ownLabels }

/** Returns the objects that tell the Prometheus operator and Grafana how to watch Sallyport. */
export function monitoringObjects(): readonly Manifest[] {
  return [serviceMonitor, prometheusRule(), dashboardConfigMap()]
}

const serviceMonitor: Manifest = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'ServiceMonitor',
  metadata,
  spec: {
    selector: { matchLabels: ownLabels },
    endpoints: [{ port: 'health', path: '/metrics', interval: '30s' }],
  },
}

/** Returns the rules in the form of a rule file of Prometheus. */
export function ruleFile(): { readonly groups: readonly object[] } {
  return { groups: [{ name, rules: alerts.map(rule) }] }
}

function prometheusRule(): Manifest {
  return { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', metadata, spec: ruleFile() }
}

function rule(alert: Alert): object {
  const { name: alertName, expr, holdsFor, severity, summary, meaning, steps } = alert
  return {
    alert: alertName,
    expr,
    for: holdsFor,
    labels: { severity },
    annotations: { summary, description: `${meaning} ${steps}`, runbook: runbookOf(alert) },
  }
}

/** Returns the dashboard as Grafana's sidecar finds it. */
function dashboardConfigMap(): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...metadata, name: `${name}-dashboard`, labels: { ...ownLabels, grafana_dashboard: '1' } },
    data: { 'sallyport.json': `${JSON.stringify(dashboard(), null, 2)}\n` },
  }
}

/** The component that lets Prometheus and Grafana watch Sallyport. */
export const monitoring: Component = {
  name: 'monitoring',
  about: `A ServiceMonitor and alerts for the Prometheus operator, and a dashboard for Grafana.
The kinds of the operator must be in the cluster. docs/metrics.md says what to do at each alert.
Some operators take only objects with a label of their own, such as release: kube-prometheus-stack. Add it by a patch.`,
  objects: monitoringObjects(),
  patches: [],
}
