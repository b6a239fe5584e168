import { setTimeout as sleep } from 'node:timers/promises'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import { binderLabel, installation } from '../../src/api/installation.ts'
import { apply, kubectl } from '../fixtures/kubectl.ts'
import { until } from '../fixtures/until.ts'
import type { Figure } from './figure.ts'
import type { Ground } from './ground.ts'
import { askUnder, offer } from './offer.ts'
import { namespaces, pod } from './places.ts'
import { summaryOf } from './summary.ts'
import { isGone, isReady, watched } from './watched.ts'

const namespace = namespaces.gated
const template = 'bench-exec'
const count = 50

/**
 * Measures how soon an exec that a template offers is ready: from the answer to its request until it is Ready for all
 * to see.
 */
export const templateExec: Figure = {
  needs: 'cluster',
  async measure(ground) {
    await offer(template, { exec: { target: { kind: 'Pod', name: pod } } })
    const checked = summaryOf(await waitsOf(ground, 'checked'))
    await bindAnyRole()
    const unchecked = summaryOf(await waitsOf(ground, 'unchecked'))
    await ground.admin.remove(clusterRoles, { name: binder })
    return {
      rows: [
        { what: 'exec requested -> Ready, RBAC minted', unit: 'ms', summary: checked },
        { what: 'the same where Sallyport may bind any Role', unit: 'ms', summary: unchecked },
      ],
      verdicts: [
        { what: 'exec requested -> RBAC ready, median', value: checked.median, unit: 'ms', goal: 100 },
        { what: 'the same without the check of the binding, median', value: unchecked.median, unit: 'ms', goal: 100 },
      ],
      notes: [
        'the API server checks Role and RoleBinding for escalation, each by consistent lists of bindings. For these it asks',
        'etcd for its progress at most once in 100 ms (progressRequestPeriod in storage/cacher/progress/watch_progress.go).',
        'The check of the binding waits for that. A right to bind any Role would avoid the check, but is too much power',
      ],
    }
  },
}

async function waitsOf({ admin, mallory }: Ground, series: string): Promise<readonly number[]> {
  using requests = await watched(admin, accessRequestKind, namespace)
  const waits: number[] = []
  for (let index = 0; index < count; index++) {
    // Right after another request, the check of its Role would also wait for what that request asked of etcd.
    await sleep(150 + Math.random() * 100)
    const name = `${template}-${series}-${index}`
    const { at } = await askUnder(mallory, template, name, { exec: {} })
    waits.push((await requests.when(name, 'is Ready', isReady)) - at)
    await mallory.remove(accessRequestKind, { namespace, name })
    await requests.when(name, 'is gone', isGone)
  }
  return waits
}

const binder = 'sallyport-bench-binds-any'
const rbac = 'rbac.authorization.k8s.io'
const clusterRoles = { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', plural: 'clusterroles', namespaced: false }

/** Lets Sallyport bind any Role, which docs/roles.md advises against. */
async function bindAnyRole(): Promise<void> {
  const { apiVersion, kind } = clusterRoles
  await apply({
    ...{ apiVersion, kind },
    metadata: { name: binder, labels: { [binderLabel]: 'true' } },
    rules: [{ apiGroups: [rbac], resources: ['roles'], verbs: ['bind'] }],
  })
  const { namespace: home, serviceAccount } = installation
  const asSallyport = ['--as', `system:serviceaccount:${home}:${serviceAccount}`]
  await until('Sallyport may bind any Role', async () => {
    return (await kubectl('admin', ['auth', 'can-i', 'bind', 'roles', '-n', namespace, ...asSallyport])).code === 0
  })
}
