import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Manifest } from '../../api/manifest.ts'

/** One look at a request, which may take several steps. */
export interface RequestLook {
  /** The objects that were written by now, by name. No view may show them yet. */
  readonly made: Map<string, Manifest>
  /** The request as it was last read or written. */
  latest: AccessRequest
  readonly signal: AbortSignal
}
