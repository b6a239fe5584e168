import type { Finding } from './installation-check.ts'
import type { SelfCheckOptions } from './self-check-options.ts'

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

/**
 * Tells what is new. A finding that stays as it was told is not told again at every look. Words of an error that come
 * back are not new. A restored finding is over.
 */
export function tellOnce(
  tell: (finding: ToldFinding) => void,
): (key: string, finding: ToldFinding | undefined) => void {
  const told = new Map<string, { readonly what: string; readonly errs: readonly string[] }>()
  return (key, finding) => {
    if (finding === undefined) {
      told.delete(key)
      return
    }
    // The API server's words may name a port or a time that is another at each try.
    const err = 'err' in finding ? String(finding.err).replaceAll(/\d+/g, '#') : ''
    const what = JSON.stringify({ ...finding, err: undefined, restoredBefore: undefined })
    const before = told.get(key)
    const errs = before?.what === what ? before.errs : []
    if (!errs.includes(err)) tell(finding)
    if ('outcome' in finding && finding.outcome === 'restored') told.delete(key)
    else told.set(key, { what, errs: [...new Set([...errs, err])] })
  }
}

/** Tells the log of a finding, and the audit of one about the installation. */
export function tellFinding({
  log,
  onFinding,
}: Pick<SelfCheckOptions, 'log' | 'onFinding'>): (finding: ToldFinding) => void {
  return (finding) => {
    // Every cluster has some holders of its own.
    if ('ofTheCluster' in finding) log[finding.holders.length > 0 ? 'warn' : 'info'](finding, 'who holds nodes/proxy')
    else log.error(finding, 'self-check')
    if ('outcome' in finding) onFinding(finding)
  }
}
