import type { JsonPatchOperation } from '../../../api/kinds/json-patch.ts'
import type { ShellMutation } from '../../../api/kinds/access/shell-mutation.ts'
import { parseQuantity } from '../../../api/quantity.ts'
import { say } from '../../../decision/text/sentence.ts'
import { operationProblem, parsePointer } from './json-patch.ts'
import { keyProblems, valueProblems } from './label-syntax.ts'
import { isOwnField } from './own-fields.ts'
import { ownKeyProblems, sharedLabelProblems } from './own-labels.ts'

/**
 * Returns the problems of a mutation that do not depend on the pod. Each sentence begins with the field, below `path`.
 */
export function mutationProblems(path: string, mutate: ShellMutation): readonly string[] {
  const { labels, annotations, nodeSelector, env, resources, jsonPatch } = mutate
  return [
    ...keyProblems(`${path}.labels`, labels),
    ...valueProblems(`${path}.labels`, labels),
    ...ownKeyProblems(`${path}.labels`, labels),
    ...sharedLabelProblems(labels ?? {}).map((problem) => `${path}.labels: ${problem}`),
    ...keyProblems(`${path}.annotations`, annotations),
    ...ownKeyProblems(`${path}.annotations`, annotations),
    ...keyProblems(`${path}.nodeSelector`, nodeSelector),
    ...valueProblems(`${path}.nodeSelector`, nodeSelector),
    ...envProblems(`${path}.env`, env ?? []),
    ...resourceProblems(`${path}.resources`, resources ?? {}),
    ...(jsonPatch ?? []).flatMap((operation, index) => patchProblems(`${path}.jsonPatch[${index}]`, operation)),
  ]
}

function envProblems(path: string, env: NonNullable<ShellMutation['env']>): readonly string[] {
  const names = env.map(({ name }) => name)
  return [
    ...new Set(
      names.filter((name, index) => names.indexOf(name) !== index).map((name) => say`${path} has ${name} twice`),
    ),
    ...env
      .filter(({ value, valueFrom }) => value !== undefined && valueFrom !== undefined)
      .map(({ name }) => say`${path} gives ${name} a value and valueFrom: leave one out`),
    ...names.filter((name) => name.includes('=')).map((name) => say`${path} has a name with =: ${name}`),
  ]
}

function resourceProblems(path: string, { requests = {}, limits = {} }: NonNullable<ShellMutation['resources']>) {
  return [
    ...Object.entries({ requests, limits }).flatMap(([list, amounts]) =>
      Object.entries(amounts)
        .filter(([, amount]) => parseQuantity(amount) === undefined)
        .map(([name, amount]) => say`${path}.${list}.${name} is not a quantity such as 500m or 1Gi: ${String(amount)}`),
    ),
    ...Object.entries(requests)
      .filter(([name, amount]) => isMore(amount, Object.hasOwn(limits, name) ? limits[name] : undefined))
      .map(([name, amount]) => {
        return say`${path}.requests.${name} is ${String(amount)}, above its limit of ${String(limits[name])}`
      }),
  ]
}

function isMore(amount: string | number, limit: string | number | undefined): boolean {
  const [request, most] = [parseQuantity(amount), limit === undefined ? undefined : parseQuantity(limit)]
  return request !== undefined && most !== undefined && request > most
}

function patchProblems(path: string, operation: JsonPatchOperation): readonly string[] {
  const problem = operationProblem(operation)
  if (problem !== undefined) return [`${path}: ${problem}`]
  const { op, from } = operation
  // A test changes nothing.
  const changed = op === 'test' ? [] : [operation.path, ...(op === 'move' && from !== undefined ? [from] : [])]
  return changed
    .filter((pointer) => isOwnField(parsePointer(pointer) ?? []))
    .map((pointer) => say`${path}: only Sallyport sets ${pointer}: leave the operation out`)
}
