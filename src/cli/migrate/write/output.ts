import { stringify } from 'yaml'
import type { Made } from '../source.ts'

/** Fields of the config of Sallyport, each with all that the objects of the files add to it. */
export type ConfigFields = Readonly<Record<string, readonly unknown[]>>

// Kubernetes reads YAML 1.1, in which a bare `yes` is a boolean. A program that reads it may not support anchors.
const style = { version: '1.1', aliasDuplicateObjects: false, blockQuote: 'literal', lineWidth: 0 } as const

/** Returns the objects as YAML, with the fields for the config in a comment, which `kubectl apply` skips. */
export function yamlText(objects: readonly Made[], config: ConfigFields): string {
  const head = Object.keys(config).length === 0 ? '' : `${commented(configText(config))}---\n`
  return head + objects.map((one) => stringify(one, style)).join('---\n')
}

/** Returns the objects as one List of JSON. */
export function jsonText(objects: readonly Made[]): string {
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }, undefined, 2)}\n`
}

/** Returns the fields for the config as YAML. */
export function configText(config: ConfigFields): string {
  return stringify(config, style)
}

function commented(text: string): string {
  const lines = text.trimEnd().split('\n')
  return ['Add this to the config of Sallyport before you apply the rest (docs/config.md):', ...lines]
    .map((line) => `# ${line}\n`)
    .join('')
}
