import type { StringMap } from '../../../api/fields.ts'
import { say } from '../../../decision/text/sentence.ts'

// The rules of apimachinery's IsQualifiedName and IsValidLabelValue.
const name = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const domain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

export function keyProblems(path: string, map: StringMap = {}): readonly string[] {
  return Object.keys(map)
    .filter((key) => !isQualifiedName(key))
    .map((key) => say`${path} has a key that is not of the form tier or example.com/tier: ${key}`)
}

export function valueProblems(path: string, map: StringMap = {}): readonly string[] {
  return Object.entries(map)
    .filter(([, value]) => value !== '' && !name.test(value))
    .map(([key, value]) => say`${path}.${key} is not a label value (63 letters, digits, -, _ or .): ${value}`)
}

function isQualifiedName(key: string): boolean {
  const parts = key.split('/')
  const [last = '', prefix] = parts.toReversed()
  return parts.length <= 2 && name.test(last) && (prefix === undefined || (prefix.length <= 253 && domain.test(prefix)))
}
