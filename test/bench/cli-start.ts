import { run } from '../fixtures/run.ts'
import type { Figure, Row } from './figure.ts'
import { namespaces } from './places.ts'
import { summaryOf, type Summary } from './summary.ts'

const count = 20

/** Measures how long the plugin takes from its start to its end, beside Node itself and kubectl. */
export const cliStart: Figure = {
  needs: 'cluster',
  async measure({ cluster }) {
    const built = await run(process.execPath, ['scripts/build.ts'])
    if (built.code !== 0) throw new Error(built.stderr)
    const node = (...args: readonly string[]): Call => [process.execPath, args]
    const at = [`--kubeconfig=${cluster.kubeconfig('alice')}`, `--namespace=${namespaces.gated}`]
    const [bare, help, get, templates] = await measureInTurn([
      node('-e', '0'),
      node('dist/kubectl-access', '--help'),
      [cluster.kubectl, ['get', 'accesstemplates', ...at]],
      node('dist/kubectl-access', 'templates', ...at),
    ])
    return {
      rows: [
        row('node -e 0', bare),
        row('kubectl access --help', help),
        row('kubectl get accesstemplates', get),
        row('kubectl access templates', templates),
      ],
      verdicts: [
        { what: 'kubectl access --help / node -e 0, medians', value: help.median / bare.median, unit: '×', goal: 1.5 },
        {
          what: 'kubectl access templates / kubectl get, medians',
          value: templates.median / get.median,
          unit: '×',
          goal: 2.5,
        },
      ],
    }
  },
}

type Call = readonly [file: string, args: readonly string[]]

/** Runs the commands one after the other, again and again, so that a change of the load meets all of them. */
async function measureInTurn<const Calls extends readonly Call[]>(
  calls: Calls,
): Promise<{ readonly [Index in keyof Calls]: Summary }> {
  const taken = calls.map((): number[] => [])
  for (let round = 0; round < count; round++) {
    for (const [index, [file, args]] of calls.entries()) {
      const begun = performance.now()
      const { code, stderr } = await run(file, args)
      if (code !== 0) throw new Error(`${file} ${args.join(' ')}: ${stderr}`)
      taken[index]?.push(performance.now() - begun)
    }
  }
  return taken.map(summaryOf) as { readonly [Index in keyof Calls]: Summary }
}

function row(what: string, summary: Summary): Row {
  return { what, unit: 'ms', summary }
}
