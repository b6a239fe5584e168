/** What a webhook listens to: its entry in a webhook configuration is generated from this. */
export interface Match {
  /** Fully qualified; the user reads it in a denial, and it prefixes the audit annotations. */
  readonly name: string
  readonly type: 'Validating' | 'Mutating'
  /** URL path below the server's root. Not a secret: the API server prints it when a call fails. */
  readonly path: string
  readonly rules: readonly MatchRule[]
  /** Seconds the API server waits for an answer. */
  readonly timeoutSeconds: number
  /** What becomes of a request when no answer comes, under each enforcement. */
  readonly failurePolicy: Readonly<Record<'Enforce' | 'Observe', 'Fail' | 'Ignore'>>
  /** Whether namespaces that the config leaves out are left out of it. */
  readonly hasExclusions?: true
  /** CEL that must hold for a call to be made. */
  readonly matchConditions?: readonly MatchCondition[]
}

export interface MatchCondition {
  readonly name: string
  readonly expression: string
}

export interface MatchRule {
  readonly operations: readonly ('CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT')[]
  readonly apiGroups: readonly string[]
  readonly apiVersions: readonly string[]
  readonly resources: readonly string[]
  readonly scope: '*' | 'Namespaced' | 'Cluster'
}
