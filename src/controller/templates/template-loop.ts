import { accessTemplateKind, clusterAccessTemplateKind, type AnyTemplate } from '../../api/kinds/access-template.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Clock } from '../../cluster/clock/clock.ts'
import type { Reconcile } from '../../cluster/queue/workqueue.ts'
import { isOffered } from '../../decision/admission/offer-rules.ts'
import { canonicalJson } from '../../decision/canonical-json.ts'
import { templateStatus, type TemplateFindings } from '../../provision/template-status.ts'
import { targetRef } from '../../decision/template.ts'
import { workloadOf } from '../views/targets.ts'
import type { TemplateTrials } from './template-trials.ts'
import { templateByKey, type Views } from '../views/views.ts'

export interface TemplateLoopOptions {
  readonly client: Client
  readonly clock: Clock
  readonly views: Views
  readonly trials: TemplateTrials
}

/** Keeps the conditions of each template true as the world changes. */
export function createTemplateLoop({ client, clock, views, trials }: TemplateLoopOptions): Reconcile {
  async function findingsOf(key: string, template: AnyTemplate, signal: AbortSignal): Promise<TemplateFindings> {
    const target = targetRef(template)
    const offered = offeredIn(views, template)
    const usable = target ? offered.filter((namespace) => workloadOf(views, target, namespace)) : offered
    const failed = await trials.failed(key, template, usable, signal)
    return { targets: target && usable.length, failed }
  }

  return async (key, signal) => {
    const template = templateByKey(views, key)
    if (!template || template.metadata.deletionTimestamp !== undefined) {
      trials.forget(key)
      return
    }
    const status = templateStatus(template, await findingsOf(key, template, signal), clock.now())
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

/** Returns the namespaces that a template is for. Nobody can ask any more in one that is being deleted. */
function offeredIn(views: Views, template: AnyTemplate): readonly string[] {
  return views.namespaces
    .all()
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .filter(({ metadata: { name, labels = {} } }) => isOffered(template, name, labels))
    .map(({ metadata }) => metadata.name)
}
