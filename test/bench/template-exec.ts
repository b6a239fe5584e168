import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import type { Figure } from './figure.ts'
import { askUnder, offer } from './offer.ts'
import { namespaces, pod } from './places.ts'
import { summaryOf } from './summary.ts'
import { isGone, isReady, watched } from './watched.ts'

const namespace = namespaces.gated
const template = 'bench-exec'
const count = 50

/** How soon an exec that a template offers is ready: from the answer to its request until the API server lets it in, and all know. */
export const templateExec: Figure = {
  needs: 'cluster',
  async measure({ admin, mallory }) {
    await offer(template, { exec: { target: { kind: 'Pod', name: pod } } })
    const stop = new AbortController()
    const requests = await watched(admin, accessRequestKind, namespace, stop.signal)
    const waits: number[] = []
    for (let index = 0; index < count; index++) {
      const name = `bench-exec-${index}`
      const { at } = await askUnder(mallory, template, name, { exec: {} })
      waits.push((await requests.when(name, 'is Ready', isReady)) - at)
      await mallory.remove(accessRequestKind, { namespace, name })
      await requests.when(name, 'is gone', isGone)
    }
    stop.abort()
    const summary = summaryOf(waits)
    return {
      rows: [{ what: 'exec requested -> Ready, RBAC minted', unit: 'ms', summary }],
      verdicts: [{ what: 'exec requested -> RBAC ready, median', value: summary.median, unit: 'ms', goal: 100 }],
      notes: [
        'the API server checks Role and RoleBinding for escalation, each by consistent lists of bindings, for which it asks',
        'etcd for its progress at most once in 100 ms: the second check waits for that, and only a right to `bind` would spare it',
      ],
    }
  },
}
