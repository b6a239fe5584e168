import type { parse } from '@bufbuild/cel'
import { exampleFacts } from '../decision/challenge/expression-facts.ts'

type Expr = ReturnType<typeof parse>['expr']

/** A name in an expression that stands for nothing, and the id of its place. */
export interface Misnamed {
  readonly problem: string
  readonly id: bigint
}

interface Scope {
  readonly isFunction: (name: string) => boolean
  /** The variables of macros. */
  readonly locals: readonly string[]
}

const types = ['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type']

/**
 * Returns the first variable, field or function that can never exist. CEL itself finds it only when it evaluates that
 * part. That may be long after the template was applied.
 */
export function misnamed(expr: Expr | undefined, scope: Scope): Misnamed | undefined {
  if (!expr) return undefined
  const problem = problemOf(expr, scope)
  if (problem !== undefined) return { problem, id: expr.id }
  for (const [child, locals] of children(expr)) {
    const found = misnamed(child, { ...scope, locals: [...scope.locals, ...locals] })
    if (found) return found
  }
  return undefined
}

function problemOf({ exprKind }: Expr, { isFunction, locals }: Scope): string | undefined {
  switch (exprKind.case) {
    case 'identExpr':
      return locals.includes(exprKind.value.name) ? undefined : missingVariable(exprKind.value.name)
    case 'selectExpr':
      return missingField(pathOf(exprKind.value), locals)
    case 'callExpr': {
      const name = exprKind.value.function
      // Operators have names like _+_.
      return isFunction(name) || /^[^a-zA-Z]/.test(name) ? undefined : `unknown function ${name}`
    }
    case 'structExpr':
      return exprKind.value.messageName === '' ? undefined : `unknown type ${exprKind.value.messageName}`
    default:
      return undefined
  }
}

function missingVariable(name: string): string | undefined {
  if (types.includes(name) || Object.hasOwn(exampleFacts, name)) return undefined
  return `unknown variable ${name}; the variables are ${Object.keys(exampleFacts).join(', ')}`
}

type Path = readonly [variable: string, ...fields: string[]]
type Select = Extract<Expr['exprKind'], { case: 'selectExpr' }>['value']

/** Returns the three names of `request.exec.pod`; undefined if it does not begin with a name. */
function pathOf({ operand, field }: Select): Path | undefined {
  const inner = operand?.exprKind
  if (inner?.case === 'identExpr') return [inner.value.name, field]
  const before = inner?.case === 'selectExpr' ? pathOf(inner.value) : undefined
  return before && [...before, field]
}

// The user chooses the keys of these.
const maps = ['attributes', 'parameters', 'labels', 'extra', 'resources']

function missingField(names: Path | undefined, locals: readonly string[]): string | undefined {
  const [variable = '', ...fields] = names ?? []
  // If the variable itself is missing, another problem says so.
  if (locals.includes(variable) || !Object.hasOwn(exampleFacts, variable)) return undefined
  let path = ''
  let holder: unknown = exampleFacts
  for (const name of [variable, ...fields]) {
    const known = fieldsOf(holder)
    if (!known) return `${path} has no fields`
    if (!known.has(name)) return `${path} has no field ${name}; it has ${[...known.keys()].join(', ')}`
    if (maps.includes(name)) return undefined
    holder = known.get(name)
    path = path === '' ? name : `${path}.${name}`
  }
  return undefined
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return new Map(Object.entries(value))
}

type Child = readonly [expr: Expr | undefined, locals: readonly string[]]

function children({ exprKind }: Expr): readonly Child[] {
  switch (exprKind.case) {
    case 'selectExpr':
      return [[exprKind.value.operand, []]]
    case 'callExpr':
      return [exprKind.value.target, ...exprKind.value.args].map((child) => [child, []])
    case 'listExpr':
      return exprKind.value.elements.map((child) => [child, []])
    case 'structExpr':
      return exprKind.value.entries.flatMap(({ keyKind, value }): Child[] => [
        ...(keyKind.case === 'mapKey' ? [[keyKind.value, []] as const] : []),
        [value, []],
      ])
    case 'comprehensionExpr': {
      const { iterVar, iterVar2, accuVar, iterRange, accuInit, loopCondition, loopStep, result } = exprKind.value
      const within = [iterVar, iterVar2, accuVar]
      return [
        [iterRange, []],
        [accuInit, []],
        ...[loopCondition, loopStep, result].map((child): Child => [child, within]),
      ]
    }
    default:
      return []
  }
}
