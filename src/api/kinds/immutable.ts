import type { TProperties } from 'typebox'
import type { CelRule } from '../schema/schema.ts'

/**
 * Returns a rule for each field: after creation it may be neither changed, set nor removed. The rules belong on the
 * object that holds the fields. The API server does not evaluate a transition rule on a field that appears or vanishes.
 * (`self.?x == oldSelf.?x` says the same and costs over 100 times the CEL budget.)
 */
export function immutableFields(path: string, fields: TProperties, remedy: string): readonly CelRule[] {
  return Object.keys(fields).map((field) => ({
    rule: `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`,
    message: `${path}.${field} cannot be changed: ${remedy}`,
  }))
}

/** Returns the rule for a spec that never changes. */
export function immutable(path: string, remedy: string): CelRule {
  return { rule: 'self == oldSelf', message: `${path} cannot be changed: ${remedy}` }
}
