import { stringify } from 'yaml'
import { plainSchema, type Schema } from '../docs/schema-rows.ts'
import { ChartValues } from './values.ts'

const lineLength = 110

/** Returns values.yaml without its head: every value with its default, under its description. */
export function valuesText(): string {
  return fieldsText(plainSchema(ChartValues))
}

/** Returns values.schema.json. Helm checks the values of users by it. */
export function valuesSchema(): string {
  return JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...plainSchema(ChartValues) })
}

function fieldsText({ properties = {} }: Schema): string {
  return Object.entries(properties)
    .filter(([, field]) => isGiven(field))
    .map(([name, field]) => `${comment(field.description ?? '')}${fieldText(name, field)}`)
    .join('\n')
}

/** True for a value with a default, and for a group of values. */
function isGiven({ default: byDefault, properties }: Schema): boolean {
  return byDefault !== undefined || properties !== undefined
}

function fieldText(name: string, field: Schema): string {
  return field.default === undefined
    ? `${name}:\n${fieldsText(field).replace(/^(?=.)/gm, '  ')}`
    : stringify({ [name]: field.default })
}

/** Returns the text as lines of a comment. */
function comment(text: string): string {
  const lines = text.split(' ').reduce<string[]>((before, word) => {
    const last = before.at(-1)
    return last === undefined || last.length + word.length >= lineLength
      ? [...before, word]
      : [...before.slice(0, -1), `${last} ${word}`]
  }, [])
  return lines.map((line) => `# ${line}\n`).join('')
}
