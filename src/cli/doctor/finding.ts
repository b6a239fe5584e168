/** The severities of findings, the worst first. A note harms nobody while the gate is closed. */
export const severities = ['critical', 'high', 'medium', 'note'] as const

export type Severity = (typeof severities)[number]

/** The fixed part of a rule of the doctor. docs/doctor.md is made from it. */
export interface RuleText {
  /** The name of the rule, such as `nodes-proxy`. Scripts rely on it. */
  readonly id: string
  readonly severity: Severity
  /** A sentence that says what is wrong. */
  readonly finds: string
  /** A sentence that says what to do. */
  readonly remedy: string
}

/** The part of a finding that depends on the cluster. */
export interface Found {
  /** The user, group or account that may do it, or the object that is wrong: `Group dev`, `Deployment sallyport`. */
  readonly subject: string
  /** The role and binding that give it, or the field that is wrong. */
  readonly rule: string
}

/** A way around the gate, or a fault that may open or shut it. */
export type Finding = RuleText & Found

/** Returns the findings of one rule. */
export function findingsOf({ id, severity, finds, remedy }: RuleText, found: readonly Found[]): readonly Finding[] {
  return found.map(({ subject, rule }) => ({ id, severity, finds, subject, rule, remedy }))
}
