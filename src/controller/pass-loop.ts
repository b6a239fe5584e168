import { accessPassKind } from '../api/kinds/access-pass.ts'
import type { Client } from '../cluster/client.ts'
import type { Reconcile } from '../cluster/workqueue.ts'
import { canonicalJson } from '../decision/canonical-json.ts'
import { passFor } from '../provision/pass.ts'
import { byPass, type Views } from './views.ts'

/** Keeps each pass listing the requests that it should. */
export function createPassLoop(client: Client, views: Views): Reconcile {
  return async (key, signal) => {
    const [namespace = '', name = ''] = key.split('/')
    const present = views.passes.get(key)
    const wanted = passFor({ namespace, name }, views.requests.by(byPass, key))
    if (!wanted) {
      if (present) await client.remove(accessPassKind, { namespace, name, uid: present.metadata.uid }, signal)
      return
    }
    if (present && canonicalJson(present.spec) === canonicalJson(wanted.spec)) return
    await client.apply(accessPassKind, wanted, signal)
  }
}
