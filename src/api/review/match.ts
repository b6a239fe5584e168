/** The calls that a webhook listens to. Its entry in a webhook configuration is generated from this. */
export interface Match {
  /** The fully qualified name. The user reads it in a denial, and it prefixes the audit annotations. */
  readonly name: string
  readonly type: 'Validating' | 'Mutating'
  /** The URL path below the server's root. It is not a secret: the API server prints it when a call fails. */
  readonly path: string
  readonly rules: readonly MatchRule[]
  /** The seconds for which the API server waits for an answer. */
  readonly timeoutSeconds: number
  /** The fate of a call when no answer comes, under each enforcement. */
  readonly failurePolicy: Readonly<Record<'Enforce' | 'Observe', 'Fail' | 'Ignore'>>
  /** True if it does not listen to the namespaces that the config excludes. */
  readonly hasExclusions?: true
  /** The CEL conditions that must hold, or else the API server makes no call. */
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
