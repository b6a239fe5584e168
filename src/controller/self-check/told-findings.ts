import type { Finding } from './installation-check.ts'

/** A finding of a look. */
export type ToldFinding = Finding | WaysIn | NodesProxy

export interface WaysIn {
  readonly code: 'E_UNKNOWN_WAY_IN'
  /** The subresources as RBAC writes them, with their group. */
  readonly subresources: readonly string[]
}

export interface NodesProxy {
  readonly code: 'E_NODES_PROXY'
  readonly holders: readonly string[]
  /** The holders that Kubernetes itself binds, such as system:masters. */
  readonly ofTheCluster: readonly string[]
}

/** Tells what is new. A finding that stays as it was told is not told again at every look. A restored one is over. */
export function tellOnce(
  tell: (finding: ToldFinding) => void,
): (key: string, finding: ToldFinding | undefined) => void {
  const told = new Map<string, string>()
  return (key, finding) => {
    if (finding === undefined) {
      told.delete(key)
      return
    }
    // The API server's words may name a port or a time that is another at each try.
    const err = 'err' in finding ? String(finding.err).replaceAll(/\d+/g, '#') : undefined
    const text = JSON.stringify({ ...finding, err, restoredBefore: undefined })
    if (told.get(key) !== text) tell(finding)
    if ('outcome' in finding && finding.outcome === 'restored') told.delete(key)
    else told.set(key, text)
  }
}
