/** The part of a JSON schema that a reference page shows. */
export interface Schema {
  readonly type?: string
  readonly const?: string
  readonly enum?: readonly string[]
  readonly default?: unknown
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  /** Alternatives, as of a quantity: `500m`, or 1. */
  readonly anyOf?: readonly Schema[]
}

/** Turns a schema into plain JSON. TypeBox's types say more than a page needs. */
export function plainSchema(schema: object): Schema {
  return JSON.parse(JSON.stringify(schema)) as Schema
}

/** Returns a line for each field and, below it, lines for the fields in it. */
export function schemaRows(prefix: string, schema: Schema): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix + name
    const inner = [...schemaRows(`${path}.`, field), ...(field.items ? schemaRows(`${path}[].`, field.items) : [])]
    const needed = schema.required?.includes(name) === true && field.default === undefined
    const facts = [valueOf(field), ...(needed ? ['required'] : []), ...defaultOf(field)].join('; ')
    // If the items of a list have no fields, the description of the items must say what they are.
    const said = [field.items?.properties ? undefined : field.items?.description, field.description].filter(Boolean)
    return [`- \`${path}\` (${facts})${said.length > 0 ? `: ${said.join(' ')}` : ''}`, ...inner]
  })
}

function defaultOf(field: Schema): readonly string[] {
  // A default of {} says nothing: the fields of the object have their own defaults.
  if (field.default === undefined || field.properties) return []
  return [`default \`${typeof field.default === 'string' ? field.default : JSON.stringify(field.default)}\``]
}

function valueOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.enum) return schema.enum.map((word) => `\`${word}\``).join(' or ')
  if (schema.items) return schema.items.properties ? 'list of objects' : `list of ${valueOf(schema.items)}`
  if (schema.anyOf) return [...new Set(schema.anyOf.map(valueOf))].join(' or ')
  return schema.type ?? 'any'
}
