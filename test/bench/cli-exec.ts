import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import { environmentWithPlugin } from '../fixtures/plugin.ts'
import { run } from '../fixtures/run.ts'
import type { Figure } from './figure.ts'
import type { Ground } from './ground.ts'
import { offer } from './offer.ts'
import { namespaces, pod } from './places.ts'
import { summaryOf } from './summary.ts'

const namespace = namespaces.gated
const template = 'bench-cli-exec'
const count = 20

/** Measures how long `kubectl access exec` takes: without an access, under a template that needs nobody, and with one. */
export const cliExec: Figure = {
  needs: 'cluster',
  async measure(ground) {
    await offer(template, { exec: { target: { kind: 'Pod', name: pod }, commands: [['true']] } })
    const environment = (await environmentWithPlugin({ 'kubectl-nothing': '/bin/true' }))('alice')
    const timedKubectl = async (args: readonly string[]): Promise<number> => {
      const begun = performance.now()
      const { code, stderr } = await run('kubectl', args, '', environment)
      if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`)
      return performance.now() - begun
    }
    const timed = (verb: readonly string[], more: readonly string[] = []): Promise<number> =>
      timedKubectl([...verb, pod, '-n', namespace, '-c', 'app', ...more, '--', 'true'])
    const asked: number[] = []
    for (let round = 0; round < count; round++) {
      await endAll(ground)
      asked.push(await timed(['access', 'exec'], ['--reason', 'bench', '--template', template]))
    }
    const plain: number[] = []
    const entered: number[] = []
    const found: number[] = []
    for (let round = 0; round < count; round++) {
      plain.push(await timed(['exec']))
      entered.push(await timed(['access', 'exec']))
      found.push(await timedKubectl(['nothing']))
    }
    await endAll(ground)
    const [first, again, bare] = [summaryOf(asked), summaryOf(entered), summaryOf(plain)]
    return {
      rows: [
        { what: 'kubectl exec', unit: 'ms', summary: bare },
        // kubectl starts twice: first it finds the plugin. So no plugin can take less than both together.
        { what: 'kubectl with a plugin that does nothing', unit: 'ms', summary: summaryOf(found) },
        { what: 'kubectl access exec, with an access', unit: 'ms', summary: again },
        { what: 'kubectl access exec, without one', unit: 'ms', summary: first },
      ],
      verdicts: [
        { what: 'with an access / kubectl exec, median', value: again.median / bare.median, unit: '×', goal: 1.5 },
        {
          what: 'without an access - kubectl exec, median',
          value: first.median - bare.median,
          unit: 'ms',
          goal: 1_000,
        },
      ],
    }
  },
}

/** Deletes alice's requests under the template. Those of other figures have other names. */
async function endAll({ admin, alice }: Ground): Promise<void> {
  const { items } = await admin.list(accessRequestKind, { namespace })
  for (const { metadata } of items) {
    if (metadata.name.startsWith(`exec-${pod}-`))
      await alice.remove(accessRequestKind, { namespace, name: metadata.name })
  }
}
