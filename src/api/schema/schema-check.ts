import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Static, TSchema } from 'typebox'
import { Check } from 'typebox/schema'
import { cut, printableWhole } from '../printable.ts'

export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly string[] }

// These keywords are for the API server. It enforces the CEL rules, so each object that comes from it has passed them.
const kubernetesKeywords = [
  'x-kubernetes-validations',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-int-or-string',
]

const always = {
  strict: true,
  coerceTypes: false,
  removeAdditional: false,
  verbose: true,
  // Compiling the schema of schemas takes longer than compiling one of ours. A unit test checks ours by it.
  meta: false,
  validateSchema: false,
} as const

function newAjv(more: { readonly useDefaults: boolean; readonly allErrors: boolean }): Ajv2020 {
  const ajv = new Ajv2020({ ...always, ...more })
  ajv.addVocabulary(kubernetesKeywords)
  return ajv
}

const shared: { asSent?: Ajv2020; defaulting?: Ajv2020 } = {}
// A value is judged as it was sent: nothing is coerced or removed. Only the config gets defaults.
const asSent = (): Ajv2020 => (shared.asSent ??= newAjv({ useDefaults: false, allErrors: false }))
// An administrator mends all problems at once. Other senders are told the first problem only.
const defaulting = (): Ajv2020 => (shared.defaulting ??= newAjv({ useDefaults: true, allErrors: true }))

type SchemaCheck<S extends TSchema> = (value: unknown) => Checked<Static<S>>

/**
 * Makes a schema into a check. The first use compiles it, because compiling all of them takes the plugin longer than
 * its work. The check tells each problem in a sentence with the field, the fault and the right value.
 * @param root the name of the whole value in it, such as `config`
 */
export function schemaCheck<S extends TSchema>(schema: S, root: string): SchemaCheck<S> {
  const judge = checkBy(asSent, schema, root)
  return (value) => (mayInterpret && passesQuickly(schema, value) ? { ok: true, value } : judge(value))
}

let mayInterpret = false

/**
 * Lets values pass by an interpreter of schemas, which is done before a check would be compiled. It is for a program that
 * checks a few values and ends. A value that does not pass is checked again, and that check says why. The gate checks too
 * many values for it, and lets only one judge decide.
 */
export function interpretChecks(): void {
  mayInterpret = true
}

function passesQuickly<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  return Check(schema, value)
}

/** Checks as schemaCheck does, and fills the schema's defaults into the value itself. */
export function defaultingSchemaCheck<S extends TSchema>(schema: S, root: string): SchemaCheck<S> {
  return checkBy(defaulting, schema, root)
}

const uncompiled: (() => unknown)[] = []

/** Compiles all checks that were made, so that no review waits for it. */
export function compileChecks(): void {
  for (const compile of uncompiled.splice(0)) compile()
}

function checkBy<S extends TSchema>(ajv: () => Ajv2020, schema: S, root: string): SchemaCheck<S> {
  let compiled: ValidateFunction<Static<S>> | undefined
  const compile = (): ValidateFunction<Static<S>> => (compiled ??= ajv().compile<Static<S>>(schema))
  uncompiled.push(compile)
  return (value) => {
    const passes = compile()
    if (passes(value)) return { ok: true, value }
    return { ok: false, problems: (passes.errors ?? []).map((error) => printableWhole(sentence(root, error))) }
  }
}

function sentence(root: string, error: ErrorObject): string {
  const field = root + fieldPath(error.instancePath)
  switch (error.keyword) {
    case 'required':
      return `${field}.${String(error.params['missingProperty'])} is missing`
    case 'additionalProperties':
      return `${field}.${String(error.params['additionalProperty'])} is not a known field; known are ${knownFields(error)}`
    case 'enum':
      return `${field} must be one of ${listed(error.params['allowedValues'])}, not ${shown(error.data)}`
    case 'const':
      return `${field} must be ${shown(error.params['allowedValue'])}, not ${shown(error.data)}`
    case 'pattern':
      return `${field} must match ${String(error.params['pattern'])}, and ${shown(error.data)} does not`
    default:
      return `${field} ${error.message ?? 'is not valid'}, and is ${shown(error.data)}`
  }
}

/** Returns a JSON pointer such as `/exemptions/0/why` as people write it: `.exemptions[0].why`. */
function fieldPath(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`))
    .join('')
}

function knownFields(error: ErrorObject): string {
  const parent: unknown = error.parentSchema?.['properties']
  return typeof parent === 'object' && parent !== null ? Object.keys(parent).join(', ') : 'none'
}

function listed(values: unknown): string {
  return Array.isArray(values) ? values.map(String).join(', ') : String(values)
}

// Long enough to recognise a value, short enough for a terminal.
const shownLength = 80

function shown(value: unknown): string {
  if (value === undefined) return 'absent'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = JSON.stringify(value)
  return cut(text, shownLength)
}
