import { fieldsOf, type Fields } from '../../api/fields.ts'
import { installation } from '../../api/installation.ts'
import { cut } from '../../api/printable.ts'
import { say } from '../../decision/text/sentence.ts'
import { replicaLabels } from '../../install/deployed/service.ts'
import type { ClusterChoice } from '../connection/flags.ts'
import { readKubectl } from '../enter/kubectl.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { Refusal } from '../output/failure.ts'
import { jsonText } from '../output/formats.ts'
import { tell } from '../output/output.ts'
import { table } from '../output/table.ts'

/** Calls of one kind that Observe let through and Enforce would deny. */
export interface Observed {
  readonly user: string
  readonly namespace: string
  /** The way in, such as `pods/exec`. */
  readonly way: string
  /** The command of an exec. */
  readonly command: string
  /** The code of the denial. */
  readonly would: string
  readonly count: number
}

/** `doctor --observed`: tells who would have been denied, from the logs of the replicas that run. */
export async function tellObserved(where: ClusterChoice, output: 'json' | undefined): Promise<ExitCode> {
  const selector = Object.entries(replicaLabels).map(([key, value]) => `${key}=${value}`)
  const args = ['logs', '-n', installation.namespace, '-l', selector.join(','), '--tail=-1', '--max-log-requests=50']
  const { code, stdout, stderr } = await readKubectl(where, args)
  if (code !== 0) throw new Refusal(say`The logs of the replicas cannot be read: ${stderr.trim()}`)
  const observed = observedIn(stdout.split('\n'))
  if (output === 'json') tell(jsonText({ observed }))
  else tell(textOf(observed))
  return exitCode.done
}

function textOf(observed: readonly Observed[]): string {
  if (observed.length === 0) return 'The logs of the replicas have no call that Enforce would have denied.'
  return table(
    ['calls', 'user', 'namespace', 'way', 'command', 'would be'],
    observed.map(({ count, user, namespace, way, command, would }) => [
      ...[String(count), user, namespace, way],
      ...[cut(command, 60), would],
    ]),
  )
}

/** Counts the calls in the lines of logs by user, namespace, way and command, the most frequent first. */
export function observedIn(lines: readonly string[]): readonly Observed[] {
  const calls = lines.map(readLine).filter((line) => line['code'] === 'OBSERVED')
  const kinds = Map.groupBy(calls.map(callOf), (call) => JSON.stringify(call))
  return [...kinds.values()]
    .flatMap(([first, ...others]) => (first ? [{ ...first, count: others.length + 1 }] : []))
    .toSorted((a, b) => b.count - a.count)
}

function callOf({ user, namespace, resource, command, would }: Fields): Omit<Observed, 'count'> {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  const words = Array.isArray(command) ? command.map(String).join(' ') : ''
  return { user: text(user), namespace: text(namespace), way: text(resource), command: words, would: text(would) }
}

/** Reads a line of a log. A line that is not JSON is nobody's call. */
function readLine(line: string): Fields {
  try {
    return fieldsOf(JSON.parse(line))
  } catch {
    return {}
  }
}
