import { accessTemplateKind, clusterAccessTemplateKind, type AnyTemplate } from '../api/kinds/access-template.ts'
import { KubeApiError } from '../cluster/api-error.ts'
import type { Client } from '../cluster/client.ts'
import type { Clock } from '../cluster/clock.ts'
import type { Reconcile } from '../cluster/workqueue.ts'
import { isOffered } from '../decision/asking.ts'
import { canonicalJson } from '../decision/canonical-json.ts'
import { templateStatus } from '../provision/template-status.ts'
import { targetRef } from '../decision/template.ts'
import { workloadOf } from './targets.ts'
import { templateByKey, type Views } from './views.ts'

/** Keeps the conditions of each template true as the world changes. */
export function createTemplateLoop(client: Client, clock: Clock, views: Views): Reconcile {
  return async (key, signal) => {
    const template = templateByKey(views, key)
    if (!template || template.metadata.deletionTimestamp !== undefined) return
    const status = templateStatus(template, targetsOf(views, template), clock.now())
    if (canonicalJson(status) === canonicalJson(template.status ?? {})) return
    const kind = template.kind === 'AccessTemplate' ? accessTemplateKind : clusterAccessTemplateKind
    try {
      await client.patchStatus(kind, template.metadata, status, signal)
    } catch (error) {
      // It changed in the meantime, or is gone: the view will catch up and bring us back.
      if (!(error instanceof KubeApiError && (error.status === 409 || error.status === 404))) throw error
    }
  }
}

function targetsOf(views: Views, template: AnyTemplate): { readonly namespaces: number } | undefined {
  const target = targetRef(template)
  if (!target) return undefined
  const names = views.namespaces
    .all()
    .filter(({ metadata: { name, labels = {} } }) => isOffered(template, name, labels))
    .map(({ metadata }) => metadata.name)
  return { namespaces: names.filter((namespace) => workloadOf(views, target, namespace)).length }
}
