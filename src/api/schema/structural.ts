import { fieldsOf } from '../fields.ts'

/**
 * A JSON schema as a CRD takes it (apiextensions v1 JSONSchemaProps, structural). Its values are `unknown`, since it is
 * only printed.
 */
export type StructuralSchema = Readonly<Record<string, unknown>>

// The keywords that our kinds use and that a structural schema may hold. Any other is misspelt, or the API server
// refuses it.
const keywords = new Set([
  'type',
  'description',
  'default',
  'enum',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'required',
  'properties',
  'items',
  'additionalProperties',
  'x-kubernetes-validations',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-int-or-string',
])

/** The error for a schema that a CRD cannot carry. The message begins with the path of the offending field. */
class SchemaError extends Error {
  override readonly name = 'SchemaError'
}

/**
 * Turns a TypeBox schema into openAPIV3Schema. Only listed keywords pass, because TypeBox takes any option.
 * A misspelt one would compile, and the API server would prune it without a word.
 * @param path the path of the schema for error messages, such as `AccessRequest.spec`.
 * @throws SchemaError for a keyword not listed here, and for a string, list or map without a bound
 */
export function structural(schema: object, path: string): StructuralSchema {
  // A schema is plain JSON. Reading it as JSON drops the fields that TypeBox hides in it.
  const fields = Object.entries(schema).filter(([, value]) => value !== undefined)
  for (const [keyword] of fields) {
    if (!keywords.has(keyword) && !(keyword === 'anyOf' && isIntOrString(schema)))
      throw new SchemaError(`${path}: a CRD cannot carry the keyword ${keyword}`)
  }
  const plain = Object.fromEntries(fields)
  // Without `nullable` the API server prunes a null. It is not in our own schema, because JSON schema has no such
  // keyword.
  if (isAnyValue(plain)) return { ...plain, nullable: true }
  if (isIntOrString(plain)) return intOrString(plain, path)
  demandType(plain, path)
  demandBounds(plain, path)
  return Object.fromEntries(
    withoutDefaulted(plain, fields).map(([keyword, value]) => [keyword, inner(keyword, value, path)]),
  )
}

/** Leaves out the fields with a default: nobody has to write them. Our own schema still demands them of what is read. */
function withoutDefaulted(
  { required, properties }: StructuralSchema,
  fields: readonly (readonly [string, unknown])[],
): readonly (readonly [string, unknown])[] {
  if (!Array.isArray(required)) return fields
  const hasDefault = (name: string): boolean => 'default' in fieldsOf(fieldsOf(properties)[name])
  const left = required.filter((name: string) => !hasDefault(name))
  return fields.flatMap(([keyword, value]) => {
    if (keyword !== 'required') return [[keyword, value] as const]
    return left.length > 0 ? [[keyword, left] as const] : []
  })
}

function isIntOrString(schema: object): boolean {
  return 'x-kubernetes-int-or-string' in schema
}

/**
 * Returns the schema of an int-or-string. The API server takes anyOf only here, with nothing in it but the types: the
 * bounds go beside it.
 */
function intOrString({ anyOf, ...rest }: StructuralSchema, path: string): StructuralSchema {
  const forms = Array.isArray(anyOf) ? anyOf.map((form) => asObject(form, path)) : []
  const bounds = Object.fromEntries(forms.flatMap((form) => Object.entries(form)).filter(([name]) => name !== 'type'))
  return { ...rest, ...bounds, anyOf: [{ type: 'integer' }, { type: 'string' }] }
}

function isAnyValue(schema: object): boolean {
  return 'x-kubernetes-preserve-unknown-fields' in schema && !('type' in schema)
}

function inner(keyword: string, value: unknown, path: string): unknown {
  if (keyword === 'items') return structural(asObject(value, `${path}[]`), `${path}[]`)
  // The API server refuses `additionalProperties: false`: it prunes unknown fields anyway.
  if (keyword === 'additionalProperties') return structural(asObject(value, `${path}[*]`), `${path}[*]`)
  if (keyword !== 'properties') return value
  const properties = Object.entries(asObject(value, path))
  return Object.fromEntries(
    properties.map(([name, field]) => [name, structural(asObject(field, `${path}.${name}`), `${path}.${name}`)]),
  )
}

const types = ['string', 'boolean', 'integer', 'number', 'array', 'object']

function demandType(schema: StructuralSchema, path: string): void {
  const type = schema['type']
  if (typeof type === 'string' && types.includes(type)) return
  throw new SchemaError(`${path}: the type must be one of ${types.join(', ')}, not ${String(type)}`)
}

/**
 * Throws if a field has no bound: an object without bounds can exceed etcd's limit, and its CEL rules their cost
 * budget.
 */
function demandBounds(schema: StructuralSchema, path: string): void {
  const isOpen = 'x-kubernetes-preserve-unknown-fields' in schema
  const isMap = Boolean(schema['additionalProperties']) || isOpen
  // An object that keeps unknown fields is bounded like a map. The API server itself refuses additionalProperties
  // there.
  if (isMap && !isOpen && 'properties' in schema) {
    throw new SchemaError(`${path}: fields and a map in one object; make the map a field of its own`)
  }
  const bound = {
    string: 'enum' in schema ? undefined : 'maxLength',
    array: 'maxItems',
    object: isMap ? 'maxProperties' : undefined,
  }[String(schema['type'])]
  if (bound !== undefined && typeof schema[bound] !== 'number') throw new SchemaError(`${path}: ${bound} is missing`)
}

function asObject(value: unknown, path: string): object {
  if (typeof value === 'object' && value !== null) return value
  throw new SchemaError(`${path}: a schema must be an object, not ${String(value)}`)
}
