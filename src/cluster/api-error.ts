/**
 * A call to the API server that failed. `status` is undefined where no answer came at all.
 * The message may hold names and is for logs; it never goes to a user.
 */
export class KubeApiError extends Error {
  override readonly name = 'KubeApiError'
  readonly status: number | undefined
  /** `reason` of the v1 Status, e.g. NotFound, AlreadyExists, Conflict. */
  readonly reason: string | undefined
  readonly retryAfterMs: number | undefined

  constructor(message: string, fields: KubeApiErrorFields = {}, options?: ErrorOptions) {
    super(message, options)
    this.status = fields.status
    this.reason = fields.reason
    this.retryAfterMs = fields.retryAfterMs
  }
}

interface KubeApiErrorFields {
  readonly status?: number
  readonly reason?: string | undefined
  readonly retryAfterMs?: number | undefined
}

export function isNotFound(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 404
}

/** Reads a v1 Status from the body of a failed call. */
export function apiErrorOf(call: string, status: number, body: string, retryAfter?: string): KubeApiError {
  const { reason, message } = statusOf(body)
  const seconds = Number(retryAfter)
  return new KubeApiError(`${call}: ${status} ${message ?? body.slice(0, 500)}`, {
    status,
    reason,
    retryAfterMs: retryAfter && Number.isFinite(seconds) ? seconds * 1_000 : undefined,
  })
}

function statusOf(body: string): { reason?: string; message?: string } {
  try {
    const status: unknown = JSON.parse(body)
    if (typeof status !== 'object' || status === null) return {}
    return {
      ...('reason' in status && typeof status.reason === 'string' && { reason: status.reason }),
      ...('message' in status && typeof status.message === 'string' && { message: status.message }),
    }
  } catch {
    return {}
  }
}
