import type { KubeObject } from './resource.ts'

/**
 * A call to the API server that failed. `status` is undefined if no answer came at all.
 * The message may hold names and is for logs. It never goes to a user.
 */
export class KubeApiError extends Error {
  override readonly name = 'KubeApiError'
  readonly status: number | undefined
  /** `reason` of the v1 Status, e.g. NotFound, AlreadyExists, Conflict. */
  readonly reason: string | undefined
  /** Only the `message` of the v1 Status: the API server wrote it for the user who made the call. */
  readonly statusMessage: string | undefined
  readonly retryAfterMs: number | undefined
  /** The base URL of the API server, if no answer came from it. */
  readonly server: string | undefined
  /** The object that was to be written, if the caller named it (failedOn). */
  readonly about: NamedObject | undefined

  constructor(message: string, fields: KubeApiErrorFields = {}, options?: ErrorOptions) {
    super(message, options)
    this.status = fields.status
    this.reason = fields.reason
    this.statusMessage = fields.statusMessage
    this.retryAfterMs = fields.retryAfterMs
    this.server = fields.server
    this.about = fields.about
  }
}

interface KubeApiErrorFields {
  readonly status?: number | undefined
  readonly reason?: string | undefined
  readonly statusMessage?: string | undefined
  readonly retryAfterMs?: number | undefined
  readonly server?: string | undefined
  readonly about?: NamedObject | undefined
}

interface NamedObject {
  readonly kind: string
  readonly name: string
}

/**
 * Returns the same failure with the object that was to be written: the API server's own words do not always name it.
 */
export function failedOn({ kind, metadata: { name } }: KubeObject, error: unknown): unknown {
  if (!(error instanceof KubeApiError)) return error
  const { message, status, reason, statusMessage, retryAfterMs, server } = error
  const fields = { status, reason, statusMessage, retryAfterMs, server, about: { kind, name } }
  return new KubeApiError(message, fields, { cause: error })
}

/**
 * True if the API server itself says NotFound. Any other 404 comes from a proxy in between, or from a server that is
 * starting. It says nothing about the object.
 */
export function isNotFound(error: unknown): boolean {
  return hasStatus(error, 404) && error instanceof KubeApiError && error.reason === 'NotFound'
}

/** True if the API server's authorizer, or its admission, refused the call. */
export function isForbidden(error: unknown): boolean {
  return hasStatus(error, 403)
}

/** Resolves to undefined if the API server refuses the call because the user may not make it. */
export async function unlessForbidden<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (isForbidden(error)) return undefined
    throw error
  }
}

/** True if another write came first, a precondition does not hold, or (AlreadyExists) the name is taken. */
export function isConflict(error: unknown): boolean {
  return hasStatus(error, 409)
}

/**
 * True if the name is taken. Any other conflict passes by itself: two creations that count against one ResourceQuota
 * cause one, too.
 */
export function isAlreadyExists(error: unknown): boolean {
  return isConflict(error) && error instanceof KubeApiError && error.reason === 'AlreadyExists'
}

/** True if the API server no longer knows the resourceVersion or continue token: it is too old. */
export function isGone(error: unknown): boolean {
  return hasStatus(error, 410)
}

/**
 * True if the resourceVersion is newer than anything this API server has seen. The server lags behind another one of
 * the cluster, or etcd was restored from a backup. The status is that of any timeout, and not every version names the
 * cause. All versions share only the text.
 */
export function isTooLargeResourceVersion(error: unknown): boolean {
  return hasStatus(error, 504) && error instanceof Error && error.message.includes('Too large resource version')
}

/** The wait that the server asks for before the next call, in ms. */
export function retryAfterMsOf(error: unknown): number | undefined {
  return error instanceof KubeApiError ? error.retryAfterMs : undefined
}

function hasStatus(error: unknown, status: number): boolean {
  return error instanceof KubeApiError && error.status === status
}

/** Reads a v1 Status from the body of a failed call. */
export function apiErrorOf(call: string, status: number, body: string, retryAfter?: string): KubeApiError {
  const { reason, message } = statusOf(body)
  const seconds = Number(retryAfter)
  return new KubeApiError(`${call}: ${status} ${message ?? body.slice(0, 500)}`, {
    status,
    reason,
    statusMessage: message,
    retryAfterMs: retryAfter && Number.isFinite(seconds) ? seconds * 1_000 : undefined,
  })
}

/** Reads the v1 Status that a watch sends as an ERROR event, long after the 200 of its headers. */
export function apiErrorOfStatus(call: string, status: unknown): KubeApiError {
  const { code, reason, message, details } = fieldsOf(status)
  const { retryAfterSeconds } = fieldsOf(details)
  return new KubeApiError(`${call}: ${typeof message === 'string' ? message : 'an error without a message'}`, {
    status: typeof code === 'number' ? code : undefined,
    reason: typeof reason === 'string' ? reason : undefined,
    statusMessage: typeof message === 'string' ? message : undefined,
    retryAfterMs: typeof retryAfterSeconds === 'number' ? retryAfterSeconds * 1_000 : undefined,
  })
}

function statusOf(body: string): { reason?: string; message?: string } {
  try {
    const { reason, message } = fieldsOf(JSON.parse(body))
    return { ...(typeof reason === 'string' && { reason }), ...(typeof message === 'string' && { message }) }
  } catch {
    return {}
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
