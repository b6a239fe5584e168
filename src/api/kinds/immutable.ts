import type { TProperties } from 'typebox'
import type { CelRule } from '../schema/schema.ts'

/**
 * A rule for each field: it may be neither changed, set nor removed after creation. They belong on the object that holds
 * the fields: a transition rule on the field itself is not evaluated when the field appears or vanishes.
 * (`self.?x == oldSelf.?x` says the same and costs over 100 times the CEL budget.)
 */
export function immutableFields(path: string, fields: TProperties, remedy: string): readonly CelRule[] {
  return Object.keys(fields).map((field) => ({
    rule: `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`,
    message: `${path}.${field} cannot be changed: ${remedy}`,
  }))
}

/** The rule for a spec of which nothing ever changes. */
export function immutable(path: string, remedy: string): CelRule {
  return { rule: 'self == oldSelf', message: `${path} cannot be changed: ${remedy}` }
}
