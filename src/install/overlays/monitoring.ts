import { monitoringObjects } from '../monitoring/monitoring-objects.ts'
import type { Component } from './component.ts'

/** The component by which Prometheus and Grafana watch Sallyport. */
export const monitoring: Component = {
  name: 'monitoring',
  about: `A ServiceMonitor and alerts for the Prometheus operator, and a dashboard for Grafana.
The kinds of the operator must be in the cluster. docs/metrics.md says what to do at each alert.
Some operators take only objects with a label of their own, such as release: kube-prometheus-stack. Add it by a patch.`,
  objects: monitoringObjects(),
  patches: [],
}
