import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Manifest } from '../../api/manifest.ts'

/** One look at a request, which may take several steps. */
export interface RequestLook {
  /** What was written by now, by name; no view may show it yet. */
  readonly made: Map<string, Manifest>
  /** The request as it was last read or written. */
  latest: AccessRequest
  readonly signal: AbortSignal
}
